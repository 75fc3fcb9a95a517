/**
 * Frames that many sockets get as the same bytes: encoded once, handed to each transport directly.
 *
 * The only file that knows the inside of socket.io, engine.io and ws. Guaranteed: an ordinary socket.io client
 * decodes a frame as the event it is; a frame never overtakes what socket.io still holds for that client; a socket
 * holds at most what one tick wrote, since a busy one takes nothing; one that stays busy is cut; nothing is written
 * that its authority doesn't permit now. What must never happen: relying on socket.io's own write buffer, which is
 * unbounded.
 */
import type { Socket as NetSocket } from 'node:net';
import { closeSocket, type RealtimeSocket } from './socket.js';

/** An event as WebSocket bytes. */
export type Frame = Buffer;

/** A client that has not taken what it was sent for this long is cut. */
export const SLOW_AFTER_MS = 10_000;
/** Bytes that a client's own events may pile up to. */
const MAX_BACKLOG = 1024 * 1024;
/** How long a closing client has to take its farewell. */
const FAREWELL_MS = 1_000;

/** What of engine.io's socket and ws's WebSocket is used beyond their types. */
interface Connection {
  readyState: string;
  writeBuffer: unknown[];
  transport: { socket?: WebSocket };
}

interface WebSocket {
  readyState: number;
  bufferedAmount: number;
  _socket: NetSocket | null;
  terminate(): void;
}

/** engine.io's "message" and socket.io's "event". */
const EVENT_PACKET = '42';
const FINAL_TEXT = 0x81;
const OPEN = 1;
const sinks = new WeakMap<RealtimeSocket, FrameSink>();

/** The event with `json` as its one argument, for clients of `namespace`: a text frame, not masked, not compressed. */
export function encodeFrame(namespace: string, event: string, json: string): Frame {
  const payload = Buffer.from(`${EVENT_PACKET}${namespace},["${event}",${json}]`);
  return Buffer.concat([header(payload.length), payload]);
}

/** The head of a final, unmasked text frame (RFC 6455, 5.2). */
function header(length: number): Buffer {
  const head = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10, FINAL_TEXT);
  if (head.length === 2) head.writeUInt8(length, 1);
  else if (head.length === 4) head.writeUInt16BE(length, head.writeUInt8(126, 1));
  else head.writeBigUInt64BE(BigInt(length), head.writeUInt8(127, 1));
  return head;
}

export class FrameSink {
  private busySince: number | null = null;
  /** The tick it last wrote in: it was idle then, so frames of the socket's other audiences may follow in the same one. */
  private lastTick = -1;

  private constructor(private readonly socket: RealtimeSocket) {}

  /** The sink of a socket: always the same one. */
  static of(socket: RealtimeSocket): FrameSink {
    const sink = sinks.get(socket) ?? new FrameSink(socket);
    sinks.set(socket, sink);
    return sink;
  }

  get id(): string {
    return this.socket.id;
  }

  get namespace(): string {
    return this.socket.nsp.name;
  }

  get isOpen(): boolean {
    return this.socket.connected;
  }

  /** Whether a frame can be written in the tick: the client has taken what it got before. `now` is monotonic. */
  isReady(tick: number, now: number): boolean {
    return this.readyTransport(tick, now) !== null;
  }

  /** Writes a frame in the tick, if the client is ready. False: not written. */
  write(frame: Frame, tick: number, now: number): boolean {
    const transport = this.readyTransport(tick, now);
    if (!transport?._socket) return false;
    this.lastTick = tick;
    transport._socket.write(frame);
    return true;
  }

  /**
   * Sends an event of the socket's own, made under `authority`. A client that lets them pile up is cut. False: it was
   * not sent.
   */
  tell(event: string, body: object, authority: unknown = this.socket.data.authority): boolean {
    const transport = this.transport();
    if (!transport || !this.socket.data.permits(authority)) return false;
    if (transport.bufferedAmount > MAX_BACKLOG) this.cut();
    else this.socket.emit(event, body);
    return true;
  }

  /** Ends a client that reads too slowly: what it has not taken is thrown away. */
  cut(): void {
    const transport = this.transport();
    closeSocket(this.socket, 'slow_consumer', 'Frames were not read in time; connect again.');
    setTimeout(() => transport?.terminate(), FAREWELL_MS).unref();
  }

  private readyTransport(tick: number, now: number): WebSocket | null {
    const { data } = this.socket;
    const transport = data.permits(data.authority) ? this.transport() : null;
    return transport && (tick === this.lastTick || this.isIdle(transport, now)) ? transport : null;
  }

  private transport(): WebSocket | null {
    if (!this.socket.connected) return null;
    const connection = this.socket.conn as unknown as Connection;
    const transport = connection.transport.socket;
    return connection.readyState === 'open' && transport?.readyState === OPEN ? transport : null;
  }

  private isIdle(transport: WebSocket, now: number): boolean {
    const connection = this.socket.conn as unknown as Connection;
    const isIdle = connection.writeBuffer.length === 0 && transport.bufferedAmount === 0;
    if (isIdle) this.busySince = null;
    else this.busySince ??= now;
    if (this.busySince !== null && now - this.busySince > SLOW_AFTER_MS) this.cut();
    return isIdle;
  }
}
