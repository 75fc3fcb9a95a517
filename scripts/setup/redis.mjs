/**
 * A Redis (or Valkey) 7 or newer for the launcher to start as its private child.
 *
 * Looked for on PATH, then among what an earlier set-up unpacked; else installed: by apt as root, without root from
 * the same packages unpacked under the data folder, by brew on macOS; else the person is told what to run.
 * The launcher looks in the same places (`src/platform/embedded/redis.ts`).
 */
import { execFileSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { DATA_DIR, ROOT } from './paths.mjs';
import { installAsRoot, unpackPrivately } from './apt.mjs';
import { SetupError, step } from './report.mjs';
import { run } from './run.mjs';

const SERVERS = ['redis-server', 'valkey-server'];

/** The path of a server that is new enough, or null. */
export function findRedis() {
  const own = [DATA_DIR, join(ROOT, '.muster')].map((folder) => join(folder, 'tools', 'bin'));
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...own].filter(Boolean);
  const servers = folders.flatMap((folder) => SERVERS.map((name) => join(folder, name)));
  return servers.find((server) => isExecutable(server) && versionOf(server) >= 7) ?? null;
}

/** @param {import('./lock.mjs').SetupLock} lock */
export async function ensureRedis(lock) {
  if (findRedis()) return;
  for (const { label, install } of waysToInstall()) {
    const failure = await step(label, () => install(lock));
    if (findRedis()) return;
    if (failure) process.stderr.write(`    ${failure}\n`);
  }
  throw new SetupError(
    'Redis 7 or newer was not found and could not be installed. ' +
      `Install it (${command()}) and run the command again, or set both DATABASE_URL and REDIS_URL.`,
  );
}

/** @typedef {{ label: string, install: (lock: import('./lock.mjs').SetupLock) => Promise<string | null> }} Way */

/** @returns {Way[]} */
function waysToInstall() {
  if (process.platform === 'darwin')
    return hasTool('brew') ? [{ label: 'installing Redis (brew)', install: brew }] : [];
  if (!hasTool('apt-get')) return [];
  const unpack = { label: 'unpacking a private Redis', install: unpackPrivately };
  const isRoot = process.getuid?.() === 0;
  return isRoot ? [{ label: 'installing Redis (apt)', install: installAsRoot }, unpack] : [unpack];
}

/** @type {Way['install']} */
async function brew(lock) {
  const { code, output } = await run('brew', ['install', 'redis'], { env: { HOMEBREW_NO_AUTO_UPDATE: '1' }, lock });
  return code === 0 ? null : (output.trim().split('\n').at(-1) ?? 'brew failed');
}

function command() {
  if (process.platform === 'darwin') return '`brew install redis`, see https://brew.sh';
  const ways = {
    'apt-get': 'sudo apt-get install redis-server',
    dnf: 'sudo dnf install valkey',
    pacman: 'sudo pacman -S valkey',
  };
  const known = Object.entries(ways).find(([tool]) => hasTool(tool));
  return known ? `\`${known[1]}\`` : 'the package is called redis or valkey';
}

/** @param {string} name */
function hasTool(name) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => isExecutable(join(folder, name)));
}

/** @param {string} path */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** @param {string} server */
function versionOf(server) {
  try {
    return Number(/\bv=(\d+)/.exec(execFileSync(server, ['--version'], { encoding: 'utf8', stdio: 'pipe' }))?.[1] ?? 0);
  } catch {
    return 0;
  }
}
