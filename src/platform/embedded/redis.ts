import { spawnSync } from 'node:child_process';
import { accessSync, constants, mkdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { Redis } from 'ioredis';
import type { DataDir } from './data-dir.js';
import { LaunchError } from './launch.error.js';
import type { StopStep } from './process-identity.js';
import { ServerLog } from './server-log.js';
import { endRecorded, SupervisedChild } from './supervised-child.js';
import { waitUntil } from './wait-until.js';

const START_WITHIN_MS = 60_000;
const OLDEST_VERSION = 7;
const SERVERS = ['redis-server', 'valkey-server'];

/** On SIGTERM Redis writes what it has not yet written and leaves. */
const STOP: readonly [StopStep, ...StopStep[]] = [
  { signal: 'SIGTERM', patienceMs: 10_000 },
  { signal: 'SIGKILL', patienceMs: 5_000 },
];

export interface RedisOptions {
  dir: DataDir;
  /** PATH, and the folders with a `tools/bin` that the set-up may have unpacked a Redis into. */
  path: string | undefined;
  toolFolders: readonly string[];
  signal?: AbortSignal;
}

/** The private Redis: reachable by a unix socket of its owner only, appending every write to a file. */
export class EmbeddedRedis {
  private constructor(
    readonly url: string,
    readonly child: SupervisedChild,
    readonly log: ServerLog,
  ) {}

  /** Only to be called by who holds the data folder. */
  static async start(options: RedisOptions): Promise<EmbeddedRedis> {
    const { dir, signal } = options;
    const program = findServer(options);
    const log = new ServerLog(dir.within('redis.log'));
    const socket = dir.socket('redis.sock');
    await endOrphan(dir);
    const child = spawnServer(dir, program, socket, log);
    try {
      const ask = async () => (child.running ? await answers(socket) : 'gone');
      const outcome = await waitUntil(ask, { deadlineMs: START_WITHIN_MS, signal });
      if (outcome !== 'ready')
        throw new LaunchError(`Redis did not start; its log is ${log.path}:\n${log.lastLines()}`);
    } catch (error) {
      await child.stop();
      throw error;
    }
    return new EmbeddedRedis(`unix://${socket}`, child, log);
  }
}

function spawnServer(dir: DataDir, program: string, socket: string, log: ServerLog): SupervisedChild {
  const data = dir.within('redis');
  mkdirSync(data, { recursive: true, mode: 0o700 });
  const place = ['--port', '0', '--unixsocket', socket, '--unixsocketperm', '700', '--dir', data];
  const durability = [
    '--appendonly',
    'yes',
    '--appendfsync',
    'everysec',
    '--save',
    '',
    '--maxmemory-policy',
    'noeviction',
  ];
  return log.handTo((fd) =>
    SupervisedChild.start({
      name: 'Redis',
      command: [program, ...place, ...durability, '--daemonize', 'no'],
      cwd: '/',
      stdio: ['ignore', fd, fd],
      stop: STOP,
      record: join(dir.records, 'redis.json'),
    }),
  );
}

async function endOrphan(dir: DataDir): Promise<void> {
  const stuck = await endRecorded(join(dir.records, 'redis.json'), STOP);
  if (stuck)
    throw new LaunchError(
      `A Redis of an earlier start (process ${stuck}) can not be ended; end it with: kill ${stuck}`,
    );
}

async function answers(socket: string): Promise<'ready' | null> {
  const patience = { connectTimeout: 2_000, commandTimeout: 2_000, disconnectTimeout: 100, retryStrategy: () => null };
  const client = new Redis({ path: socket, lazyConnect: true, ...patience });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return (await client.ping()) === 'PONG' ? 'ready' : null;
  } catch {
    return null;
  } finally {
    client.disconnect();
  }
}

/** The set-up (`scripts/setup/redis.mjs`) looks in the same places and installs what is missing. */
export function findServer({ path = '', toolFolders }: Pick<RedisOptions, 'path' | 'toolFolders'>): string {
  const own = toolFolders.map((folder) => join(folder, 'tools', 'bin'));
  const folders = [...path.split(delimiter), ...own].filter(Boolean);
  const found = folders.flatMap((folder) => SERVERS.map((name) => join(folder, name))).find(isRecentServer);
  if (found) return found;
  throw new LaunchError(
    `Redis ${OLDEST_VERSION} or newer was not found. Install it (Debian, Ubuntu: apt-get install redis-server; ` +
      'macOS: brew install redis), or set both DATABASE_URL and REDIS_URL.',
  );
}

function isRecentServer(program: string): boolean {
  try {
    accessSync(program, constants.X_OK);
  } catch {
    return false;
  }
  const { stdout } = spawnSync(program, ['--version'], { encoding: 'utf8' });
  return Number(/\bv=(\d+)/.exec(stdout)?.[1] ?? 0) >= OLDEST_VERSION;
}
