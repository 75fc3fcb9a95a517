/**
 * One socket, from its handshake to its end; the only file that knows socket.io. Called by connection.ts, which
 * makes a new wire for every try: socket.io's own reconnection is off, because it neither renews tokens nor looks
 * at close codes.
 *
 * Guarantees: `onDown` comes exactly once, nothing comes after it, and every request is answered or rejects.
 */
import { io, type Socket } from 'socket.io-client';
import { type Ack, type Problem, PROTOCOL_VERSION, type SessionClosed, type SocketAuth } from '#contracts';
import { isProblem, MusterProblem, MusterUnreachable } from './errors.js';

/** Why a socket ended: what the server said, or null when it was lost. */
export type DownCause = Problem | SessionClosed | null;

export interface WireHandlers {
  onUp(): void;
  onEvent(event: string, body: unknown): void;
  onDown(cause: DownCause): void;
}

export interface Wire {
  readonly token: string;
  /** Sends an event and waits for its acknowledgement's data. */
  request(event: string, body: unknown): Promise<unknown>;
  /** Says goodbye: the server sees a clean close. */
  close(): void;
  /** Lets go without a word, as a lost network would: the server keeps its grace. */
  drop(): void;
}

export type OpenWire = (url: string, namespace: string, token: string, handlers: WireHandlers) => Wire;

/** No handshake and no acknowledgement takes longer than this on a wire that works. */
export const ANSWER_WITHIN_MS = 10_000;

export const openWire: OpenWire = (url, namespace, token, handlers) => {
  const socket = io(url + namespace, {
    auth: { token, protocol: PROTOCOL_VERSION } satisfies SocketAuth,
    transports: ['websocket'],
    forceNew: true,
    reconnection: false,
    timeout: ANSWER_WITHIN_MS,
  });
  return new SocketWire(socket, token, handlers);
};

class SocketWire implements Wire {
  private farewell: SessionClosed | null = null;
  private ended = false;
  private readonly handshake: ReturnType<typeof setTimeout>;

  constructor(
    private readonly socket: Socket,
    readonly token: string,
    private readonly handlers: WireHandlers,
  ) {
    this.handshake = setTimeout(() => this.down(null), ANSWER_WITHIN_MS);
    socket.on('connect', () => this.up());
    socket.on('connect_error', (error: Error & { data?: unknown }) =>
      this.down(isProblem(error.data) ? error.data : null),
    );
    socket.on('disconnect', () => this.down(this.farewell));
    socket.onAny((event: string, body: unknown) => this.receive(event, body));
  }

  async request(event: string, body: unknown): Promise<unknown> {
    if (!this.socket.connected) throw new MusterUnreachable('The live connection is down');
    const answer = await this.acknowledged(event, body);
    if (answer.ok) return answer.data;
    throw new MusterProblem(answer.error);
  }

  close(): void {
    this.end();
    this.socket.disconnect();
  }

  drop(): void {
    this.end();
    this.socket.io.engine?.close();
  }

  private async acknowledged(event: string, body: unknown): Promise<Ack<unknown>> {
    try {
      return (await this.socket.timeout(ANSWER_WITHIN_MS).emitWithAck(event, body)) as Ack<unknown>;
    } catch (cause) {
      throw new MusterUnreachable(`Muster did not acknowledge ${event}`, { cause });
    }
  }

  private up(): void {
    clearTimeout(this.handshake);
    this.handlers.onUp();
  }

  private receive(event: string, body: unknown): void {
    if (this.ended) return;
    if (event === 'session.closed') this.farewell = body as SessionClosed;
    else this.handlers.onEvent(event, body);
  }

  private down(cause: DownCause): void {
    if (this.ended) return;
    this.end();
    this.socket.disconnect();
    this.handlers.onDown(cause);
  }

  private end(): void {
    this.ended = true;
    clearTimeout(this.handshake);
  }
}
