/** Redis from the packages of Debian and Ubuntu, with and without root. Functions answer null, or why they failed. */
import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DATA_DIR, makeFolder } from './paths.mjs';
import { run } from './run.mjs';

/** @typedef {import('./lock.mjs').SetupLock} SetupLock */

const PACKAGES = ['redis-server', 'valkey-server'];
const TOOLS = join(DATA_DIR, 'tools');
const PATIENCE = ['-o', 'Acquire::Retries=2', '-o', 'Acquire::http::Timeout=20', '-o', 'DPkg::Lock::Timeout=120'];

/**
 * Installs the system's package, refreshing apt's lists when that is what it takes.
 * @param {SetupLock} lock
 * @returns {Promise<string | null>}
 */
export async function installAsRoot(lock) {
  const failure = await aptInstall(lock);
  if (failure === null) return null;
  await run('apt-get', [...PATIENCE, 'update'], { lock });
  return aptInstall(lock);
}

/** @param {SetupLock} lock */
async function aptInstall(lock) {
  let failure = null;
  for (const name of PACKAGES) {
    const { code, output } = await run('apt-get', [...PATIENCE, 'install', '-y', '--no-install-recommends', name], {
      env: { DEBIAN_FRONTEND: 'noninteractive' },
      lock,
    });
    if (code === 0) return stopSystemService(name, lock);
    failure ??= reason(output);
  }
  return failure;
}

/**
 * The package starts a server for the whole machine; Muster wants the program only.
 * @param {string} name
 * @param {SetupLock} lock
 */
async function stopSystemService(name, lock) {
  if (existsSync('/run/systemd/system')) await run('systemctl', ['disable', '--now', name], { lock });
  return null;
}

/**
 * Unpacks the packages that the system lacks under the data folder, as any user.
 * @param {SetupLock} lock
 * @returns {Promise<string | null>}
 */
export async function unpackPrivately(lock) {
  makeFolder(TOOLS);
  const folder = join(TOOLS, `unpacking-${process.pid}`);
  mkdirSync(folder);
  try {
    const withSystemLists = await download(folder, [], lock);
    const failure = withSystemLists === null ? null : await downloadWithOwnLists(folder, lock);
    return failure ?? (await unpack(folder, lock));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Where apt has no lists, or old ones, and this user may not refresh them.
 * @param {string} folder
 * @param {SetupLock} lock
 */
async function downloadWithOwnLists(folder, lock) {
  const lists = join(folder, 'lists');
  const cache = join(folder, 'cache');
  for (const path of [lists, cache]) makeFolder(join(path, 'partial'));
  const own = ['-o', `Dir::State::lists=${lists}`, '-o', `Dir::Cache=${cache}`, '-o', 'Debug::NoLocking=1'];
  const strict = ['-o', 'APT::Update::Error-Mode=any'];
  const { code, output } = await run('apt-get', [...PATIENCE, ...own, ...strict, 'update'], { lock });
  return code === 0 ? download(folder, own, lock) : reason(output);
}

/**
 * @param {string} folder
 * @param {string[]} options
 * @param {SetupLock} lock
 */
async function download(folder, options, lock) {
  let failure = null;
  for (const name of PACKAGES) {
    const missing = await packagesMissingFor(name, options, lock);
    if (missing.length === 0) continue;
    const { code, output } = await run('apt-get', [...PATIENCE, ...options, 'download', ...missing], {
      cwd: folder,
      lock,
    });
    if (code === 0) return null;
    failure ??= reason(output);
  }
  return failure ?? 'apt knows neither redis-server nor valkey-server';
}

/**
 * What installing `name` would add to this machine: the package and the libraries not yet here.
 * @param {string} name
 * @param {string[]} options
 * @param {SetupLock} lock
 */
async function packagesMissingFor(name, options, lock) {
  const simulated = await run('apt-get', [...options, '-s', 'install', '--no-install-recommends', name], { lock });
  return [...simulated.output.matchAll(/^Inst (\S+)/gm)].map((match) => match[1] ?? '');
}

/**
 * @param {string} folder
 * @param {SetupLock} lock
 */
async function unpack(folder, lock) {
  const root = join(folder, 'root');
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.deb'))) {
    const { code, output } = await run('dpkg-deb', ['-x', join(folder, file), root], { lock });
    if (code !== 0) return reason(output);
  }
  rmSync(join(TOOLS, 'redis'), { recursive: true, force: true });
  renameSync(root, join(TOOLS, 'redis'));
  writeStarter();
  return null;
}

/** A start script beside the unpacked files: their libraries are not where the system looks for them. */
function writeStarter() {
  const programs = join(TOOLS, 'redis', 'usr', 'bin');
  const server = PACKAGES.find((name) => existsSync(join(programs, name))) ?? 'redis-server';
  const starter = join(TOOLS, 'bin', server);
  makeFolder(join(TOOLS, 'bin'));
  writeFileSync(
    starter,
    `#!/bin/sh
redis=$(cd "$(dirname "$0")/../redis" && pwd)
libraries=$redis/usr/lib
for folder in "$redis"/usr/lib/*-linux-gnu*; do libraries=$libraries:$folder; done
LD_LIBRARY_PATH=$libraries exec "$redis/usr/bin/${server}" "$@"
`,
  );
  chmodSync(starter, 0o755);
}

/**
 * apt's own word for a failure.
 * @param {string} output
 */
function reason(output) {
  const lines = output.trim().split('\n');
  return lines.find((line) => line.startsWith('E: ')) ?? lines.at(-1) ?? 'apt failed';
}
