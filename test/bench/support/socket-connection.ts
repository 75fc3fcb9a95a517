/**
 * One socket.io connection to a namespace, as little of a client as will do.
 *
 * Who calls: clients of benchmarks, which must cost less than the server they measure. Guaranteed: packets are handed
 * on in their order, as text; pings are answered; one that looks away (`lookAway`) only counts bytes. It reads whole,
 * unmasked, uncompressed text frames only, which is what engine.io sends; its own frames are masked with zeros.
 */
import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';

export interface SocketTarget {
  port: number;
  namespace: string;
  token: string;
  /** How many bytes of a message are handed on; without it, enough to see what it is. */
  shown?: number;
}

export interface SocketEvents {
  /** Connected to the namespace. */
  connected(): void;
  /** The server said no; `packet` says why. */
  refused(packet: string): void;
  /** The first bytes (`shown`) of an event or acknowledgement. */
  message(head: string): void;
  /** It is over, whoever ended it. */
  closed(): void;
}

const EMPTY = Buffer.alloc(0);
const HEAD_END = '\r\n\r\n';
const TEXT = 0x1;
const CLOSE = 0x8;
/** What closes, without a reason; no text ends with a zero. */
const LAST_FRAME = 0x8800;
/** Enough to see what it is. */
const SHOWN = 400;
/** More often than any server here pings. */
const PONG_EVERY_MS = 5_000;
/** What all connections of this process receive into: it is read before the next one receives. */
const BUFFER = Buffer.alloc(256 * 1024);

export class SocketConnection {
  private received: Buffer = EMPTY;
  private isUpgraded = false;
  private isClosed = false;
  private pongs: NodeJS.Timeout | null = null;
  private readonly socket: Socket;
  /** Our end of it, which is how the server's end knows it. */
  localPort = 0;

  constructor(
    private readonly target: SocketTarget,
    private readonly events: SocketEvents,
  ) {
    const onread = {
      buffer: BUFFER,
      callback: (length: number) => {
        if (!this.pongs) this.read(Buffer.from(BUFFER.subarray(0, length)));
        else if (length > 1 && BUFFER.readUInt16BE(length - 2) === LAST_FRAME) this.socket.end();
        return true;
      },
    };
    this.socket = connect({ port: target.port, host: '127.0.0.1', noDelay: true, onread });
    this.socket.on('connect', () => this.upgrade());
    this.socket.on('error', () => undefined);
    this.socket.on('close', () => this.end());
  }

  /** All that came, handshake included. */
  get bytesReceived(): number {
    return this.socket.bytesRead;
  }

  /** Sends an event that the server acknowledges under `id`. */
  emit(id: number, event: string, body: object): void {
    this.write(`42${this.target.namespace},${id}${JSON.stringify([event, body])}`);
  }

  /** Reads nothing from now on, and tells the server unasked that it is there. */
  lookAway(): void {
    this.pongs ??= setInterval(() => this.write('3'), PONG_EVERY_MS);
  }

  /** Leaves as a client does. */
  leave(): void {
    this.write(`41${this.target.namespace},`);
    this.socket.end();
  }

  destroy(): void {
    this.socket.destroy();
  }

  private upgrade(): void {
    this.localPort = this.socket.localPort ?? 0;
    const lines = [
      'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1',
      `Host: 127.0.0.1:${this.target.port}`,
      'Upgrade: websocket',
      'Connection: Upgrade',
      `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
      'Sec-WebSocket-Version: 13',
    ];
    this.socket.write(lines.join('\r\n') + HEAD_END);
  }

  private read(chunk: Buffer): void {
    this.received = this.received.length === 0 ? chunk : Buffer.concat([this.received, chunk]);
    if (!this.isUpgraded) this.readHead();
    if (this.isUpgraded) while (this.readFrame());
  }

  private readHead(): void {
    const end = this.received.indexOf(HEAD_END);
    if (end < 0) return;
    const head = this.received.toString('latin1', 0, end);
    this.received = this.received.subarray(end + HEAD_END.length);
    this.isUpgraded = head.startsWith('HTTP/1.1 101');
    if (this.isUpgraded) return;
    this.events.refused(head);
    this.destroy();
  }

  /** Whether there was a whole one. */
  private readFrame(): boolean {
    const { received } = this;
    const short = (received[1] ?? 0) & 0x7f;
    const start = short < 126 ? 2 : short === 126 ? 4 : 10;
    if (received.length < start) return false;
    const length = short < 126 ? short : short === 126 ? received.readUInt16BE(2) : Number(received.readBigUInt64BE(2));
    if (received.length < start + length) return false;
    this.received = received.subarray(start + length);
    const opcode = (received[0] ?? 0) & 0x0f;
    if (opcode === TEXT)
      this.take(received.toString('utf8', start, start + Math.min(length, this.target.shown ?? SHOWN)));
    else if (opcode === CLOSE) this.socket.end();
    return true;
  }

  /** Packets of engine.io, and within its messages those of socket.io. */
  private take(packet: string): void {
    const { namespace, token } = this.target;
    if (packet.startsWith('0')) this.write(`40${namespace},${JSON.stringify({ token, protocol: 1 })}`);
    else if (packet === '2') this.write('3');
    else if (packet.startsWith('40')) this.events.connected();
    else if (packet.startsWith('44')) this.events.refused(packet);
    else if (packet.startsWith('42') || packet.startsWith('43')) this.events.message(packet);
  }

  private write(text: string): void {
    const payload = Buffer.from(text);
    const isShort = payload.length < 126;
    const head = Buffer.alloc(isShort ? 6 : 8);
    head[0] = 0x81;
    head[1] = 0x80 | (isShort ? payload.length : 126);
    if (!isShort) head.writeUInt16BE(payload.length, 2);
    this.socket.write(Buffer.concat([head, payload]));
  }

  private end(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    if (this.pongs) clearInterval(this.pongs);
    this.events.closed();
  }
}
