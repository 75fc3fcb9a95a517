import { DataDir } from './data-dir.js';
import { DataDirLock } from './data-dir.lock.js';
import { EmbeddedPostgres } from './postgres.js';
import { EmbeddedRedis } from './redis.js';
import { describeExit } from './supervised-child.js';

/**
 * PostgreSQL and Redis as children of this process, for who has none of their own.
 *
 * Called by the launchers (`npm start`, `npm run services`) and by tests. Guarantees: both answer when `start`
 * resolves; one launcher at a time in a data folder; what an earlier one left behind after `kill -9` is ended first;
 * after `stop`, or a failed start, nothing is left running. Must never happen: two servers on the same files.
 */
export interface ServicesOptions {
  dataDir: string;
  /** Whether acknowledged commits must survive a crash. Default true. */
  durable?: boolean;
  /** PATH, to look for Redis and the tools of the system on. */
  path: string | undefined;
  /** Further data folders whose unpacked Redis may be used. */
  toolFolders?: readonly string[];
  /** Called once the data folder is held, before anything is started in it. */
  prepare?: (dir: DataDir) => Promise<void>;
  /** Gives the start up; it then throws `LaunchCancelled`. */
  signal?: AbortSignal;
  /** Told about each service that has started. */
  onStarted?: (name: string, elapsedMs: number) => void;
}

export class EmbeddedServices {
  /** Resolves, with a message for people, when one of them ends without having been stopped. */
  readonly failed: Promise<string>;
  private stopping: Promise<void> | undefined;

  private constructor(
    readonly dir: DataDir,
    private readonly lock: DataDirLock,
    private readonly postgres: EmbeddedPostgres,
    private readonly redis: EmbeddedRedis,
  ) {
    this.failed = Promise.race([this.failureOf(postgres), this.failureOf(redis)]);
  }

  static async start(options: ServicesOptions): Promise<EmbeddedServices> {
    const dir = DataDir.open(options.dataDir);
    const lock = await DataDirLock.take(dir);
    try {
      await options.prepare?.(dir);
      return await startBoth(options, dir, (postgres, redis) => new EmbeddedServices(dir, lock, postgres, redis));
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  get databaseUrl(): string {
    return this.postgres.url;
  }

  get redisUrl(): string {
    return this.redis.url;
  }

  /** Stops both in bounded time. */
  stop(): Promise<void> {
    this.stopping ??= this.stopBoth();
    return this.stopping;
  }

  private async stopBoth(): Promise<void> {
    await Promise.all([this.redis.child.stop(), this.postgres.child.stop()]);
    this.lock.release();
  }

  private async failureOf({ child, log }: EmbeddedPostgres | EmbeddedRedis): Promise<string> {
    const exit = await child.exited;
    if (this.stopping) return new Promise(() => undefined);
    return `${child.spec.name} ${describeExit(exit)}; its log is ${log.path}:\n${log.lastLines()}`;
  }
}

/** Both at once; when one fails, the other one is stopped. */
async function startBoth<T>(
  options: ServicesOptions,
  dir: DataDir,
  done: (postgres: EmbeddedPostgres, redis: EmbeddedRedis) => T,
): Promise<T> {
  const { durable = true, path, toolFolders = [], signal, onStarted = () => undefined } = options;
  const [postgres, redis] = await Promise.allSettled([
    timed('PostgreSQL', () => EmbeddedPostgres.start({ dir, durable, path, signal }), onStarted),
    timed(
      'Redis',
      () => EmbeddedRedis.start({ dir, path, toolFolders: [dir.path, ...toolFolders], signal }),
      onStarted,
    ),
  ]);
  if (postgres.status === 'fulfilled' && redis.status === 'fulfilled') return done(postgres.value, redis.value);
  for (const server of [postgres, redis]) if (server.status === 'fulfilled') await server.value.child.stop();
  throw postgres.status === 'rejected' ? postgres.reason : (redis as PromiseRejectedResult).reason;
}

async function timed<T>(name: string, start: () => Promise<T>, report: (name: string, ms: number) => void): Promise<T> {
  const from = performance.now();
  const started = await start();
  report(name, performance.now() - from);
  return started;
}
