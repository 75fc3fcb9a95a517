import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { eventually } from './eventually.js';

/** A request that a receiver got. */
export interface Received {
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

type Reply = (response: ServerResponse, received: Received) => void;

/** An HTTP server that others send to. By default it answers 204. */
export class Receiver {
  readonly received: Received[] = [];
  /** How the next requests are answered, first to last; then the default. */
  readonly replies: Reply[] = [];

  private constructor(private readonly server: Server) {
    server.on('request', (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const body = Buffer.concat(chunks).toString('utf8');
        const received = { path: request.url ?? '', headers: request.headers, body };
        this.received.push(received);
        const reply = this.replies.shift() ?? Receiver.status(204);
        reply(response, received);
      });
    });
  }

  static async start(): Promise<Receiver> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new Receiver(server);
  }

  static status(status: number, headers: Record<string, string> = {}): Reply {
    return (response) => response.writeHead(status, headers).end();
  }

  static silence(): Reply {
    return () => {};
  }

  url(path = '/'): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}${path}`;
  }

  /** Resolves when so many requests have come to the path. */
  async got(count: number, path = '/'): Promise<Received[]> {
    const mine = () => this.received.filter((each) => each.path === path);
    return eventually(mine, (all) => all.length >= count, 20_000);
  }

  stop(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }
}
