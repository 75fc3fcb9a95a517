import type { DataDirLock } from './data-dir.lock.js';
import { EmbeddedPostgres } from './postgres.js';
import { EmbeddedRedis } from './redis.js';
import { describeExit } from './supervised-child.js';

/**
 * PostgreSQL and Redis as children of this process, for who has none of their own.
 *
 * Called by the launchers (`npm start`, `npm run services`) and by tests, who hold the data folder meanwhile.
 * Guarantees: both answer when `start` resolves; what an earlier launcher left behind after `kill -9` is ended first;
 * after `stop`, or a failed start, nothing is left running. Must never happen: two servers on the same files.
 */
export interface ServicesOptions {
  /** The data folder, held by the caller until after `stop`. */
  lock: DataDirLock;
  /** Whether acknowledged commits must survive a crash. Default true. */
  durable?: boolean;
  /** PATH, to look for Redis and the tools of the system on. */
  path: string | undefined;
  /** Further data folders whose unpacked Redis may be used. */
  toolFolders?: readonly string[];
  /** Gives the start up; it then throws `LaunchCancelled`. */
  signal?: AbortSignal;
  /** Told about each service that has started. */
  onStarted?: (name: string, elapsedMs: number) => void;
}

export class EmbeddedServices {
  /** Resolves, with a message for people, when one of them ends without having been stopped. */
  readonly failed: Promise<string>;
  private stopping = false;

  private constructor(
    private readonly postgres: EmbeddedPostgres,
    private readonly redis: EmbeddedRedis,
  ) {
    this.failed = Promise.race([this.failureOf(postgres), this.failureOf(redis)]);
  }

  /** Both at once; when one fails, the other one is stopped. */
  static async start(options: ServicesOptions): Promise<EmbeddedServices> {
    const { lock, durable = true, path, toolFolders = [], signal, onStarted = () => undefined } = options;
    const { dir } = lock;
    const [postgres, redis] = await Promise.allSettled([
      timed('PostgreSQL', () => EmbeddedPostgres.start({ dir, durable, path, signal }), onStarted),
      timed(
        'Redis',
        () => EmbeddedRedis.start({ dir, path, toolFolders: [dir.path, ...toolFolders], signal }),
        onStarted,
      ),
    ]);
    if (postgres.status === 'fulfilled' && redis.status === 'fulfilled') {
      return new EmbeddedServices(postgres.value, redis.value);
    }
    for (const server of [postgres, redis]) if (server.status === 'fulfilled') await server.value.child.stop();
    throw postgres.status === 'rejected' ? postgres.reason : (redis as PromiseRejectedResult).reason;
  }

  get databaseUrl(): string {
    return this.postgres.url;
  }

  get redisUrl(): string {
    return this.redis.url;
  }

  /** Stops both in bounded time. */
  async stop(): Promise<void> {
    this.stopping = true;
    await Promise.all([this.redis.child.stop(), this.postgres.child.stop()]);
  }

  private async failureOf({ child, log }: EmbeddedPostgres | EmbeddedRedis): Promise<string> {
    const exit = await child.exited;
    if (this.stopping) return new Promise(() => undefined);
    return `${child.spec.name} ${describeExit(exit)}; its log is ${log.path}:\n${log.lastLines()}`;
  }
}

async function timed<T>(name: string, start: () => Promise<T>, report: (name: string, ms: number) => void): Promise<T> {
  const from = performance.now();
  const started = await start();
  report(name, performance.now() - from);
  return started;
}
