/**
 * One keep-alive HTTP/1.1 connection with at most one request on its way.
 *
 * Who calls: the load generator. It writes a request that is already bytes and reads no more of the answer than it
 * needs: a client on the machine of the server it measures must cost little. Only answers with a Content-Length are
 * understood; anything else is a failure, never a guess.
 */
import { connect, type Socket } from 'node:net';

/** Status 0: there was no answer, and `body` says why. */
export type Answered = (status: number, body: Buffer) => void;

const EMPTY = Buffer.alloc(0);
const HEAD_END = '\r\n\r\n';
const LENGTH = /\r\ncontent-length: *(\d+)/i;

export class HttpConnection {
  private socket: Socket | null = null;
  private received: Buffer = EMPTY;
  private answered: Answered | null = null;

  constructor(private readonly port: number) {}

  /** Sends `request` and calls `answered` once; not to be called before that. Connects again when the server closed. */
  send(request: string, answered: Answered): void {
    this.answered = answered;
    this.socket ??= this.open();
    this.socket.write(request);
  }

  /** Our end of it, which is how the server's end knows it; 0 while there is none. */
  get localPort(): number {
    return this.socket?.localPort ?? 0;
  }

  close(): void {
    this.socket?.destroy();
    this.socket = null;
  }

  private open(): Socket {
    const socket = connect({ port: this.port, host: '127.0.0.1', noDelay: true });
    socket.on('data', (chunk) => this.read(chunk));
    socket.on('error', (error) => this.lose(error.message));
    socket.on('close', () => this.lose('the server closed the connection'));
    return socket;
  }

  private read(chunk: Buffer): void {
    this.received = this.received.length === 0 ? chunk : Buffer.concat([this.received, chunk]);
    const headEnd = this.received.indexOf(HEAD_END);
    if (headEnd < 0) return;
    const head = this.received.toString('latin1', 0, headEnd);
    const length = LENGTH.exec(head)?.[1];
    if (length === undefined) return this.lose(`an answer without a Content-Length: ${head}`);
    const bodyStart = headEnd + HEAD_END.length;
    const end = bodyStart + Number(length);
    if (this.received.length >= end) this.settle(Number(head.slice(9, 12)), this.received.subarray(bodyStart, end));
  }

  private lose(reason: string): void {
    this.close();
    this.settle(0, Buffer.from(reason));
  }

  private settle(status: number, body: Buffer): void {
    const { answered } = this;
    this.answered = null;
    this.received = EMPTY;
    answered?.(status, body);
  }
}
