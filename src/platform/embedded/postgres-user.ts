import { spawnSync } from 'node:child_process';
import { lstatSync } from 'node:fs';
import { LaunchError } from './launch.error.js';

/** `nobody` on every Linux. */
const NOBODY = 65534;

/** Who PostgreSQL runs as. */
export interface PostgresUser {
  uid?: number;
  gid?: number;
  becoming: readonly string[];
  /** Who its files must belong to, in our eyes. Absent: whoever we are. */
  owner?: number;
}

/**
 * PostgreSQL refuses to run as root. Ordinary users run it as themselves; root runs it as `nobody`, in the first of
 * these ways in which `nobody` can both start the program and enter the data folder:
 * 1. simply so;
 * 2. root under the name of `nobody` in a user namespace: for folders that only root may enter;
 * 3. `nobody` with the right to pass any folder: where user namespaces are forbidden, as in most containers.
 */
export function choosePostgresUser(program: string, dataFolder: string): PostgresUser {
  if (process.getuid?.() !== 0) return { becoming: [] };
  const found = WAYS.find((way) => works(way, program, dataFolder));
  if (found) return found;
  throw new LaunchError(
    `PostgreSQL does not run as root, and user ${NOBODY} can enter neither ${dataFolder} nor the folder of ${program}. ` +
      'Start Muster as an ordinary user, or move it out of the private folder.',
  );
}

const WAYS: readonly PostgresUser[] = [
  { uid: NOBODY, gid: NOBODY, becoming: [], owner: NOBODY },
  { becoming: ['unshare', '--user', `--map-user=${NOBODY}`, `--map-group=${NOBODY}`, '--'], owner: 0 },
  {
    becoming: [
      'setpriv',
      `--reuid=${NOBODY}`,
      `--regid=${NOBODY}`,
      '--clear-groups',
      '--securebits=+no_setuid_fixup',
      '--inh-caps=+dac_override',
      '--ambient-caps=+dac_override',
      '--',
    ],
    owner: NOBODY,
  },
];

function works({ becoming, uid, gid }: PostgresUser, program: string, dataFolder: string): boolean {
  const [command, ...args] = [...becoming, 'sh', '-c', 'cd "$1" && exec "$2" --version', 'sh', dataFolder, program];
  return spawnSync(command, args, { uid, gid, cwd: '/', stdio: 'ignore' }).status === 0;
}

/** Gives a folder with all in it to that user, where it is not already theirs. */
export function giveTo(user: PostgresUser, folder: string): void {
  if (user.owner === undefined || lstatSync(folder).uid === user.owner) return;
  const { status } = spawnSync('chown', ['-R', `${user.owner}:${user.owner}`, folder], { stdio: 'ignore' });
  if (status !== 0) throw new LaunchError(`Cannot give ${folder} to user ${user.owner}, which PostgreSQL runs as.`);
}
