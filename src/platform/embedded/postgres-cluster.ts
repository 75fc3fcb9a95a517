import { chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DataDir } from './data-dir.js';
import { LaunchError } from './launch.error.js';
import type { PostgresFiles } from './postgres-files.js';
import { giveTo, type PostgresUser } from './postgres-user.js';
import type { ServerLog } from './server-log.js';
import { describeExit, SupervisedChild } from './supervised-child.js';

/** The major version that the embedded package brings; another one can't read its files. */
const VERSION = '18';

/** The name of the role that rules the cluster; Muster itself connects as an ordinary one. */
export const SUPERUSER = 'postgres';

export interface ClusterOptions {
  dir: DataDir;
  files: PostgresFiles;
  user: PostgresUser;
  log: ServerLog;
  password: string;
  durable: boolean;
  path: string | undefined;
}

/** The folder with the data of PostgreSQL. */
export function clusterFolder(dir: DataDir): string {
  return dir.within('postgres');
}

/** What PostgreSQL's programs see of our environment: none of the variables that would redirect them. */
export function postgresEnvironment(path: string | undefined): NodeJS.ProcessEnv {
  return { PATH: path, LC_ALL: 'C', TZ: 'UTC' };
}

/** Makes the cluster on the first start; on later ones sees to it that it belongs to who will run it. */
export async function prepareCluster(options: ClusterOptions): Promise<void> {
  const folder = clusterFolder(options.dir);
  if (!existsSync(folder)) return createCluster(options, folder);
  giveTo(options.user, folder);
  const version = readFileSync(join(folder, 'PG_VERSION'), 'utf8').trim();
  if (version === VERSION) return;
  throw new LaunchError(
    `${folder} holds data of PostgreSQL ${version}, this is ${VERSION}. ` +
      'Dump it with the old version, or set MUSTER_DATA_DIR to a new folder.',
  );
}

/** Under another name until it is complete: half a cluster would be taken for a whole one. */
async function createCluster(options: ClusterOptions, folder: string): Promise<void> {
  const unfinished = `${folder}.new`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { mode: 0o700 });
  giveTo(options.user, unfinished);
  const passwordFile = writePasswordFile(options);
  try {
    await initialise(options, unfinished, passwordFile);
  } finally {
    rmSync(passwordFile, { force: true });
  }
  renameSync(unfinished, folder);
}

function writePasswordFile({ dir, user, password }: ClusterOptions): string {
  const file = dir.within('postgres.password');
  writeFileSync(file, password, { mode: 0o600 });
  if (user.owner !== undefined) chownSync(file, user.owner, user.owner);
  return file;
}

async function initialise(options: ClusterOptions, folder: string, passwordFile: string): Promise<void> {
  const { dir, files, user, log, durable, path } = options;
  const access = ['-U', SUPERUSER, `--pwfile=${passwordFile}`, '--auth-host=scram-sha-256', '--auth-local=reject'];
  const language = ['-E', 'UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  const child = log.handTo((fd) =>
    SupervisedChild.start({
      name: 'initdb',
      command: [files.initdb, '-D', folder, ...access, ...language, '--no-instructions', ...(durable ? [] : ['-N'])],
      ...user,
      env: postgresEnvironment(path),
      cwd: '/',
      stdio: ['ignore', fd, fd],
      stop: [{ signal: 'SIGKILL', patienceMs: 5_000 }],
      record: join(dir.records, 'initdb.json'),
    }),
  );
  const exit = await child.exited;
  if (exit.code === 0) return;
  throw new LaunchError(`PostgreSQL could not make its files: initdb ${describeExit(exit)}.\n${log.lastLines()}`);
}
