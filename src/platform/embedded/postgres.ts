import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { DataDir } from './data-dir.js';
import { freePort } from './free-port.js';
import { LaunchError } from './launch.error.js';
import { ROLES } from '../database/roles.js';
import { clusterFolder, postgresEnvironment, prepareCluster, SUPERUSER } from './postgres-cluster.js';
import { findPostgres } from './postgres-files.js';
import { choosePostgresUser, type PostgresUser } from './postgres-user.js';
import { commandLineOf, endProcess, identify, type StopStep } from './process-identity.js';
import { keptSecret } from './secrets.js';
import { ServerLog } from './server-log.js';
import { endRecorded, SupervisedChild } from './supervised-child.js';
import { waitUntil } from './wait-until.js';

const START_WITHIN_MS = 60_000;
/** A predecessor's last processes may still be leaving, and a port may be taken between choosing and using it. */
const RETRY_FOR_MS = 5_000;
const PASSING_FAILURE = /lock file|shared memory block|could not bind|Address already in use/;

/** SIGINT is PostgreSQL's fast shutdown, SIGQUIT its immediate one, from which it recovers like from a crash. */
const STOP: readonly [StopStep, ...StopStep[]] = [
  { signal: 'SIGINT', patienceMs: 20_000 },
  { signal: 'SIGQUIT', patienceMs: 5_000 },
  { signal: 'SIGKILL', patienceMs: 5_000 },
];

const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  cluster_name: 'muster',
  max_connections: '200',
  shared_buffers: '256MB',
  work_mem: '8MB',
  max_wal_size: '2GB',
  wal_compression: 'on',
  random_page_cost: '1.1',
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
};

/** For data that dies with the run: what was acknowledged is then NOT safe against a crash of the machine. */
const FAST_SETTINGS = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', shared_buffers: '128MB' };

export interface PostgresOptions {
  dir: DataDir;
  /** Whether acknowledged commits must survive a crash; only tests can do without. */
  durable: boolean;
  path: string | undefined;
  signal?: AbortSignal;
}

/** The embedded PostgreSQL: a real server on a free port of 127.0.0.1, entered by password only. */
export class EmbeddedPostgres {
  private constructor(
    readonly url: string,
    readonly child: SupervisedChild,
    readonly log: ServerLog,
  ) {}

  /** Only to be called by who holds the data folder. */
  static async start(options: PostgresOptions): Promise<EmbeddedPostgres> {
    const { dir, durable, path } = options;
    const log = new ServerLog(dir.within('postgres.log'));
    const password = keptSecret(dir, 'postgres-superuser');
    const files = findPostgres();
    const user = choosePostgresUser(files.postgres, dir.path);
    await endOrphans(dir);
    await prepareCluster({ dir, files, user, log, password, durable, path });
    const { child, port } = await startServer(options, files.postgres, user, log, password);
    return new EmbeddedPostgres(await provision(dir, port, password), child, log);
  }
}

async function startServer(
  options: PostgresOptions,
  program: string,
  user: PostgresUser,
  log: ServerLog,
  password: string,
): Promise<{ child: SupervisedChild; port: number }> {
  const { dir, signal } = options;
  for (const retryUntil = performance.now() + RETRY_FOR_MS; ; await sleep(100)) {
    const port = await choosePort(dir);
    const child = spawnServer(options, program, user, log, port);
    try {
      const ask = async () => (child.running ? await answers(port, password) : 'gone');
      const outcome = await waitUntil(ask, { deadlineMs: START_WITHIN_MS, signal });
      if (outcome === 'ready') return { child, port };
      if (performance.now() > retryUntil || !PASSING_FAILURE.test(log.recent())) throw startFailure(log);
    } catch (error) {
      await child.stop();
      throw error;
    }
    await child.stop();
  }
}

function spawnServer(options: PostgresOptions, program: string, user: PostgresUser, log: ServerLog, port: number) {
  const { dir, durable, path } = options;
  const settings = { ...SETTINGS, ...(durable ? {} : FAST_SETTINGS), port: String(port) };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  return log.handTo((fd) =>
    SupervisedChild.start({
      name: 'PostgreSQL',
      command: [program, '-D', clusterFolder(dir), ...flags],
      ...user,
      env: postgresEnvironment(path),
      cwd: '/',
      stdio: ['ignore', fd, fd],
      stop: STOP,
      record: join(dir.records, 'postgres.json'),
    }),
  );
}

function startFailure(log: ServerLog): LaunchError {
  return new LaunchError(`PostgreSQL did not start; its log is ${log.path}:\n${log.lastLines()}`);
}

/** The one of the last start where it is still free, so that addresses people noted stay good. */
async function choosePort(dir: DataDir): Promise<number> {
  const file = dir.within('postgres.port');
  const last = existsSync(file) ? Number(readFileSync(file, 'utf8')) : undefined;
  const port = await freePort(last);
  writeFileSync(file, `${port}\n`);
  return port;
}

/** What an earlier launcher left running, and the note of one that is long gone but whose pid is in use again. */
async function endOrphans(dir: DataDir): Promise<void> {
  for (const name of ['initdb.json', 'postgres.json']) {
    const stuck = await endRecorded(join(dir.records, name), STOP);
    if (stuck) throw stuckOrphan(stuck);
  }
  const note = join(clusterFolder(dir), 'postmaster.pid');
  const identity = existsSync(note) ? identify(Number(readFileSync(note, 'utf8').split('\n')[0])) : null;
  const command = identity ? commandLineOf(identity.pid) : '';
  if (!identity || command === '') return;
  if (!command.includes(clusterFolder(dir))) return rmSync(note, { force: true });
  if (!(await endProcess(identity, STOP))) throw stuckOrphan(identity.pid);
}

function stuckOrphan(pid: number): LaunchError {
  return new LaunchError(
    `A PostgreSQL of an earlier start (process ${pid}) can not be ended; end it with: kill ${pid}`,
  );
}

async function answers(port: number, password: string): Promise<'ready' | null> {
  try {
    await withSuperuser(port, password, (client) => client.query('SELECT 1'));
    return 'ready';
  } catch (error) {
    if ((error as { code?: string }).code !== '28P01') return null;
    throw new LaunchError(
      'The password of the embedded PostgreSQL no longer fits its data: the folders `secrets` and `postgres` in the ' +
        'data folder belong together. Restore `secrets`, or set MUSTER_DATA_DIR to a new folder.',
    );
  }
}

/**
 * The role and the database of Muster; the role owns its database but not the server. It may not make roles, so the
 * ones with which nodes work are made here too.
 */
async function provision(dir: DataDir, port: number, superuserPassword: string): Promise<string> {
  const password = keptSecret(dir, 'postgres-muster');
  await withSuperuser(port, superuserPassword, async (client) => {
    const { rows } = await client.query<{ role: boolean; missing: string[]; database: boolean }>(
      `SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = 'muster') AS role,
              array(SELECT name FROM unnest($1::text[]) AS name WHERE to_regrole(name) IS NULL) AS missing,
              EXISTS (SELECT FROM pg_database WHERE datname = 'muster') AS database`,
      [ROLES],
    );
    await client.query(`${rows[0]?.role ? 'ALTER' : 'CREATE'} ROLE muster LOGIN CREATEDB PASSWORD '${password}'`);
    for (const missing of rows[0]?.missing ?? []) await client.query(`CREATE ROLE ${missing} NOLOGIN`);
    await client.query(`GRANT pg_monitor, ${ROLES.join(', ')} TO muster`);
    if (!rows[0]?.database) await client.query('CREATE DATABASE muster OWNER muster');
  });
  return `postgresql://muster:${password}@127.0.0.1:${port}/muster`;
}

async function withSuperuser<T>(port: number, password: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const login = { host: '127.0.0.1', port, user: SUPERUSER, password, database: 'postgres' };
  const client = new pg.Client({ ...login, connectionTimeoutMillis: 2_000, ssl: false });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}
