/**
 * A way to PostgreSQL that knows which prepared statement passes (by the Bind messages of its protocol), so that a
 * test can count the statements that were really sent, and fail or delay one of them while all others go on.
 */
import { connect, createServer, type NetConnectOpts, type Socket } from 'node:net';
import pg from 'pg';

export interface PostgresProxy {
  /** The same database, through the proxy. */
  url: string;
  /** Ends all connections, and refuses new ones. */
  cut(): void;
  /** Ends each connection that sends `statement`; everything else goes on. */
  refuse(statement: string): void;
  /** Keeps the answers to `statement` back; PostgreSQL does what it is told nevertheless. */
  hold(statement: string): void;
  /** As new: what was held back goes on. */
  mend(): void;
  /** How often `statement` was sent. */
  sent(statement: string): number;
  /** How many connections have an answer that is held back. */
  held(): number;
  stop(): Promise<void>;
}

export async function startPostgresProxy(databaseUrl: string): Promise<PostgresProxy> {
  const proxy = new StatementProxy(targetOf(databaseUrl));
  return {
    url: through(databaseUrl, await proxy.listen()),
    cut: () => proxy.cut(),
    refuse: (statement) => (proxy.refused = statement),
    hold: (statement) => (proxy.holding = statement),
    mend: () => proxy.mend(),
    sent: (statement) => proxy.sent.get(statement) ?? 0,
    held: () => [...proxy.links].filter((link) => link.held.length > 0).length,
    stop: () => proxy.stop(),
  };
}

/** One connection: the client's socket and the server's. */
interface Link {
  client: Socket;
  upstream: Socket;
  isHeld: boolean;
  held: Buffer[];
}

class StatementProxy {
  readonly links = new Set<Link>();
  readonly sent = new Map<string, number>();
  refused: string | null = null;
  holding: string | null = null;
  private isCut = false;
  private readonly server = createServer((client) => this.accept(client));

  constructor(private readonly target: NetConnectOpts) {}

  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    const address = this.server.address();
    if (!address || typeof address === 'string') throw new Error('The proxy has no port.');
    return address.port;
  }

  cut(): void {
    this.isCut = true;
    for (const link of this.links) end(link);
  }

  mend(): void {
    this.isCut = false;
    this.refused = this.holding = null;
    for (const link of this.links) {
      link.isHeld = false;
      for (const piece of link.held.splice(0)) link.client.write(piece);
    }
  }

  stop(): Promise<void> {
    this.cut();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }

  private accept(client: Socket): void {
    if (this.isCut) return void client.destroy();
    const link: Link = { client, upstream: connect(this.target), isHeld: false, held: [] };
    const { upstream } = link;
    this.links.add(link);
    for (const socket of [client, upstream]) {
      socket.setNoDelay();
      socket.on('error', () => end(link));
      socket.on('close', () => (end(link), this.links.delete(link)));
    }
    const statements = statementReader((statement) => this.note(link, statement));
    client.on('data', (piece) => {
      statements(piece);
      if (!upstream.destroyed) upstream.write(piece);
    });
    upstream.on('data', (piece) => void (link.isHeld ? link.held.push(piece) : client.write(piece)));
  }

  private note(link: Link, statement: string): void {
    this.sent.set(statement, (this.sent.get(statement) ?? 0) + 1);
    if (statement === this.holding) link.isHeld = true;
    if (statement === this.refused) end(link);
  }
}

function end({ client, upstream }: Link): void {
  client.destroy();
  upstream.destroy();
}

/** Takes what a client sends, in any pieces, and names the statement of each Bind message. */
function statementReader(found: (statement: string) => void): (piece: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  let typeBytes = 0; // The first message, which starts the session, has no type.
  return (piece) => {
    rest = Buffer.concat([rest, piece]);
    while (rest.length >= typeBytes + 4) {
      const size = typeBytes + rest.readInt32BE(typeBytes);
      if (rest.length < size) return;
      if (typeBytes === 1 && rest[0] === 'B'.charCodeAt(0)) {
        found(rest.toString('utf8', 5, size).split('\0', 2)[1] ?? '');
      }
      rest = rest.subarray(size);
      typeBytes = 1;
    }
  };
}

function targetOf(databaseUrl: string): NetConnectOpts {
  const { host, port } = new pg.Client({ connectionString: databaseUrl });
  return host.startsWith('/') ? { path: `${host}/.s.PGSQL.${port}` } : { host, port };
}

function through(databaseUrl: string, port: number): string {
  const { user = '', password, database = '' } = new pg.Client({ connectionString: databaseUrl });
  const secret = typeof password === 'string' ? `:${encodeURIComponent(password)}` : '';
  return `postgres://${encodeURIComponent(user)}${secret}@127.0.0.1:${port}/${encodeURIComponent(database)}`;
}
