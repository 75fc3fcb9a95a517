/**
 * What a client has been sent and has not said that it has handled.
 *
 * Who calls: `FrameSink`, around each frame. Guaranteed: what a client has not handled is bounded wherever it lies, in
 * this process or in the network's buffers. The network takes megabytes for a client that reads nothing, and it would
 * have to read all of them before it learns what is so now; so what is sent is followed by a ping now and then, and a
 * client that has too much of it before it has answered is busy: what it misses meanwhile comes as one frame. A quiet
 * client is never asked.
 *
 * A pong doesn't say which ping it answers. engine.io's own, on its way at the same time, may confirm ours early: then
 * a client has up to twice as much.
 */
import { type Connection, openTransport } from './connection.js';
import { textFrame } from './text-frame.js';

/** Bytes after which a client is asked to say when it has handled them. */
const ASK_AFTER = 32 * 1024;
/** Bytes that are too much. A client that takes frames from far away stays below. */
const MAX = 128 * 1024;
/** engine.io's "ping", which every client answers at once. */
const PING = textFrame('2');

const ofConnection = new WeakMap<Connection, Unconfirmed>();

export class Unconfirmed {
  private bytes = 0;
  private isAsked = false;

  private constructor(private readonly connection: Connection) {}

  /** What the client of a connection has not confirmed: always the same object. */
  static of(connection: Connection): Unconfirmed {
    const unconfirmed = ofConnection.get(connection) ?? new Unconfirmed(connection);
    ofConnection.set(connection, unconfirmed);
    return unconfirmed;
  }

  get isTooMuch(): boolean {
    return this.bytes >= MAX;
  }

  /** So many bytes were just written. */
  add(bytes: number): void {
    this.bytes += bytes;
    this.askIfDue();
  }

  /** One question at a time; what follows it is asked after when it is answered. */
  private askIfDue(): void {
    const out = openTransport(this.connection)?._socket;
    if (!out || this.isAsked || this.bytes < ASK_AFTER) return;
    this.isAsked = true;
    const asked = this.bytes;
    out.write(PING);
    this.connection.once('heartbeat', () => {
      this.isAsked = false;
      this.bytes -= asked;
      this.askIfDue();
    });
  }
}
