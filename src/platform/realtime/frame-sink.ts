/**
 * Frames that many sockets get as the same bytes: encoded once, handed to each transport directly.
 *
 * Who calls: audiences and pushes. Guaranteed: an ordinary socket.io client decodes a frame as the event it is; a frame
 * never overtakes what socket.io still holds for that client; a socket holds at most what one tick wrote, since a busy one
 * takes nothing; one that stays busy is cut; nothing is written that its authority doesn't permit now. What must never
 * happen: relying on socket.io's own write buffer, which is unbounded.
 */
import { connectionOf, openTransport, type WebSocket } from './connection.js';
import { closeSocket, type RealtimeSocket } from './socket.js';
import { type Frame, textFrame } from './text-frame.js';
import { Unconfirmed } from './unconfirmed.js';

export type { Frame } from './text-frame.js';

/** A client that has not taken what it was sent for this long is cut. */
export const SLOW_AFTER_MS = 10_000;
/** Bytes that a client's own events may pile up to. */
const MAX_BACKLOG = 1024 * 1024;
/** How long a closing client has to take its farewell. */
const FAREWELL_MS = 1_000;

/** engine.io's "message" and socket.io's "event". */
const EVENT_PACKET = '42';
const sinks = new WeakMap<RealtimeSocket, FrameSink>();

/** The event with `json` as its one argument, for clients of `namespace`: a text frame, not masked, not compressed. */
export function encodeFrame(namespace: string, event: string, json: string): Frame {
  return textFrame(`${EVENT_PACKET}${namespace},["${event}",${json}]`);
}

export class FrameSink {
  private busySince: number | null = null;
  /** The tick it last wrote in: it was idle then, so frames of the socket's other audiences may follow in the same one. */
  private lastTick = -1;
  private readonly unconfirmed: Unconfirmed;

  private constructor(private readonly socket: RealtimeSocket) {
    this.unconfirmed = Unconfirmed.of(connectionOf(socket));
  }

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
    out.write(frame);
    this.unconfirmed.add(frame.length);
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
    return this.socket.connected ? openTransport(connectionOf(this.socket)) : null;
  }

  private isIdle(transport: WebSocket, now: number): boolean {
    const isTaken = connectionOf(this.socket).writeBuffer.length === 0 && transport.bufferedAmount === 0;
    const isIdle = isTaken && !this.unconfirmed.isTooMuch;
    if (isIdle) this.busySince = null;
    else this.busySince ??= now;
    if (this.busySince !== null && now - this.busySince > SLOW_AFTER_MS) this.cut();
    return isIdle;
  }
}
