import { startTcpProxy, type TcpProxy } from './tcp-proxy.js';

/** A way to Redis that a test can slow down, cut and mend. */
export interface RedisProxy extends TcpProxy {
  url: string;
}

/** Listens on a port of its own and hands everything on to the Redis at `redisUrl`. */
export async function startRedisProxy(redisUrl: string): Promise<RedisProxy> {
  const proxy = await startTcpProxy(() => redisTarget(redisUrl));
  return { ...proxy, url: `redis://127.0.0.1:${proxy.port}` };
}

function redisTarget(redisUrl: string) {
  if (redisUrl.startsWith('unix://')) return { path: decodeURIComponent(redisUrl.slice(7)) };
  const { hostname, port } = new URL(redisUrl);
  return { host: hostname, port: Number(port || 6379) };
}
