/**
 * Frames that many sockets get as the same bytes: encoded once, handed to each transport directly.
 *
 * The only file that knows the inside of socket.io, engine.io and ws. Guaranteed: an ordinary socket.io client
 * decodes a frame as the event it is; a frame never overtakes what socket.io still holds for that client; a socket
 * holds at most what one tick wrote, since a busy one takes nothing; what a client has not handled is bounded wherever
 * it lies, in this process or in the network's buffers; one that stays busy is cut; nothing is written that its
 * authority doesn't permit now. What must never happen: relying on socket.io's own write buffer, which is unbounded.
 *
 * The network takes megabytes for a client that reads nothing, and it would have to read all of them before it learns
 * what is so now. So what is sent is followed by a ping now and then, and a client that has too much of it before it
 * has answered is busy: what it misses meanwhile comes as one frame. A quiet client is never asked.
 */
import type { Socket as NetSocket } from 'node:net';
import { closeSocket, type RealtimeSocket } from './socket.js';

/** An event as WebSocket bytes. */
export type Frame = Buffer;

/** A client that has not taken what it was sent for this long is cut. */
export const SLOW_AFTER_MS = 10_000;
/** Bytes after which a client is asked to say when it has handled them. */
const ASK_AFTER = 32 * 1024;
/** Bytes of which a client has not said so that make it busy. One that takes frames from far away stays below. */
const MAX_UNCONFIRMED = 128 * 1024;
/** Bytes that a client's own events may pile up to. */
const MAX_BACKLOG = 1024 * 1024;
/** How long a closing client has to take its farewell. */
const FAREWELL_MS = 1_000;

/** What of engine.io's socket and ws's WebSocket is used beyond their types. */
interface Connection {
  readyState: string;
  writeBuffer: unknown[];
  transport: { socket?: WebSocket };
  /** The client answered a ping: it has handled what came before that. */
  once(event: 'heartbeat', listener: () => void): void;
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
/** engine.io's "ping", which every client answers at once. */
const PING: Frame = textFrame('2');
const OPEN = 1;
const sinks = new WeakMap<RealtimeSocket, FrameSink>();

/** The event with `json` as its one argument, for clients of `namespace`: a text frame, not masked, not compressed. */
export function encodeFrame(namespace: string, event: string, json: string): Frame {
  return textFrame(`${EVENT_PACKET}${namespace},["${event}",${json}]`);
}

function textFrame(text: string): Frame {
  const payload = Buffer.from(text);
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
  /** Bytes written that the client has not said it has handled. */
  private unconfirmed = 0;
  private isAsked = false;

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
    const out = this.readyTransport(tick, now)?._socket;
    if (!out) return false;
    this.lastTick = tick;
    this.unconfirmed += frame.length;
    out.write(frame);
    this.askIfDue(out);
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

  /** Asks the client to say when it has handled what it was sent, one question at a time. */
  private askIfDue(out: NetSocket): void {
    if (this.isAsked || this.unconfirmed < ASK_AFTER) return;
    this.isAsked = true;
    const asked = this.unconfirmed;
    out.write(PING);
    this.connection.once('heartbeat', () => {
      this.isAsked = false;
      this.unconfirmed -= asked;
      const next = this.transport()?._socket;
      if (next) this.askIfDue(next);
    });
  }

  private readyTransport(tick: number, now: number): WebSocket | null {
    const { data } = this.socket;
    const transport = data.permits(data.authority) ? this.transport() : null;
    return transport && (tick === this.lastTick || this.isIdle(transport, now)) ? transport : null;
  }

  private transport(): WebSocket | null {
    if (!this.socket.connected) return null;
    const { readyState, transport } = this.connection;
    return readyState === 'open' && transport.socket?.readyState === OPEN ? transport.socket : null;
  }

  private get connection(): Connection {
    return this.socket.conn as unknown as Connection;
  }

  private isIdle(transport: WebSocket, now: number): boolean {
    const isTaken = this.connection.writeBuffer.length === 0 && transport.bufferedAmount === 0;
    const isIdle = isTaken && this.unconfirmed < MAX_UNCONFIRMED;
    if (isIdle) this.busySince = null;
    else this.busySince ??= now;
    if (this.busySince !== null && now - this.busySince > SLOW_AFTER_MS) this.cut();
    return isIdle;
  }
}
