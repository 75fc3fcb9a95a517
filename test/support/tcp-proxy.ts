import { connect, createServer, type NetConnectOpts, type Socket } from 'node:net';

/** A way to a server that a test can slow down, cut and mend. */
export interface TcpProxy {
  port: number;
  /** Ends all connections, and refuses new ones. */
  cut(): void;
  /** Keeps connections open and lets nothing through: a network that says nothing. */
  hold(): void;
  /** Lets each piece of data wait, in both directions. */
  delay(ms: number): void;
  /** As new: what was held goes on. */
  mend(): void;
  stop(): Promise<void>;
}

/** How data passes; shared by all connections of a proxy. */
class Passage {
  isCut = false;
  delayMs = 0;
  private opened: Promise<void> = Promise.resolve();
  private open: () => void = () => undefined;

  hold(): void {
    this.open();
    this.opened = new Promise((resolve) => (this.open = resolve));
  }

  release(): void {
    this.open();
  }

  /** When what comes now has waited long enough. */
  due(): number {
    return performance.now() + this.delayMs;
  }

  /** Resolves when what is due at `due` may pass. */
  async pass(due: number): Promise<void> {
    const left = due - performance.now();
    if (left > 0) await new Promise((resolve) => setTimeout(resolve, left));
    await this.opened;
  }
}

/** Listens on a port of its own and hands everything on to `target`, asked anew for each connection. */
export async function startTcpProxy(target: () => NetConnectOpts): Promise<TcpProxy> {
  const open = new Set<Socket>();
  const passage = new Passage();
  const server = createServer((client) => {
    const upstream = connect(target());
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      open.add(from);
      forward(from, to, passage);
      from.on('close', () => open.delete(from));
    }
    if (passage.isCut) client.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (!address || typeof address === 'string') throw new Error('The proxy has no port.');
  const cut = () => {
    passage.isCut = true;
    for (const socket of open) socket.destroy();
  };
  return {
    port: address.port,
    cut,
    hold: () => passage.hold(),
    delay: (ms) => (passage.delayMs = ms),
    mend: () => {
      passage.isCut = false;
      passage.delayMs = 0;
      passage.release();
    },
    stop: () => {
      cut();
      passage.release();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** Hands on what comes, piece by piece and in order, as fast as it is taken. */
function forward(from: Socket, to: Socket, passage: Passage): void {
  let last = Promise.resolve();
  const follow = (act: () => void) => {
    const due = passage.due();
    last = last.then(() => passage.pass(due)).then(act);
  };
  from.setNoDelay();
  from.on('data', (piece) =>
    follow(() => {
      if (to.destroyed || to.write(piece)) return;
      from.pause();
      to.once('drain', () => from.resume());
    }),
  );
  from.on('end', () => follow(() => to.end()));
  from.on('error', () => to.destroy());
  from.on('close', () => to.destroy());
}
