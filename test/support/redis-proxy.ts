import { connect, createServer, type Socket } from 'node:net';

/** A way to Redis that a test can cut and mend. */
export interface RedisProxy {
  url: string;
  /** Ends all connections, and refuses new ones. */
  cut(): void;
  mend(): void;
  stop(): Promise<void>;
}

/** Listens on a port of its own and hands everything on to the Redis at `redisUrl`. */
export async function startRedisProxy(redisUrl: string): Promise<RedisProxy> {
  const open = new Set<Socket>();
  let isCut = false;
  const forward = (from: Socket, to: Socket) => {
    open.add(from);
    from.pipe(to);
    from.on('error', () => to.destroy());
    from.on('close', () => {
      open.delete(from);
      to.destroy();
    });
  };
  const server = createServer((client) => {
    if (isCut) {
      client.destroy();
      return;
    }
    const redis = connect(target(redisUrl));
    forward(client, redis);
    forward(redis, client);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (!address || typeof address === 'string') throw new Error('The proxy has no port.');
  const cut = () => {
    isCut = true;
    for (const socket of open) socket.destroy();
  };
  return {
    url: `redis://127.0.0.1:${address.port}`,
    cut,
    mend: () => (isCut = false),
    stop: () => {
      cut();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function target(redisUrl: string) {
  if (redisUrl.startsWith('unix://')) return { path: decodeURIComponent(redisUrl.slice(7)) };
  const { hostname, port } = new URL(redisUrl);
  return { host: hostname, port: Number(port || 6379) };
}
