/** Whether there is a Redis to take leave of: what waits for its answer may wait for ever. */
import type { Redis } from 'ioredis';

/** Whether it answers now, on a connection that gives up after a while. */
export async function answers(connection: Redis | null): Promise<boolean> {
  if (connection?.status !== 'ready') return false;
  return connection.ping().then(
    () => true,
    () => false,
  );
}

/** Resolves when the connection is not there, or not any more. */
export function untilGone(connection: Redis | null): Promise<void> {
  if (connection?.status !== 'ready') return Promise.resolve();
  return new Promise((resolve) => connection.once('close', resolve));
}
