/**
 * The packages of package-lock.json in node_modules.
 *
 * Install scripts are not run: no package of ours needs one (native ones come prebuilt, and what PostgreSQL's package
 * would do in its own, the launcher does), so none gets the chance to run code on the machine of who clones Muster.
 */
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ROOT } from './paths.mjs';
import { SetupError, step } from './report.mjs';
import { head, run } from './run.mjs';

const MODULES = join(ROOT, 'node_modules');
const MARKER = join(MODULES, '.muster-installed');
const LOCKFILE = join(ROOT, 'package-lock.json');
const COMMAND = join(MODULES, '.bin', 'muster');
const COMMAND_TARGET = '../../scripts/muster.mjs';
const UNREACHABLE =
  /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT|E50\d/;

export function isInstalled() {
  return readOr(MARKER) === fingerprint() && hasCommand();
}

/** @param {import('./lock.mjs').SetupLock} lock */
export async function ensureInstalled(lock) {
  if (isInstalled()) return;
  if (readOr(MARKER) !== fingerprint() && !matchesLockfile()) await step('installing packages', () => install(lock));
  linkCommand();
  writeFileSync(MARKER, fingerprint());
}

/** @param {import('./lock.mjs').SetupLock} lock */
async function install(lock) {
  const [command, ...args] = npm();
  const flags = [
    '--ignore-scripts',
    '--include=dev',
    '--include=optional',
    '--no-audit',
    '--no-fund',
    '--no-progress',
    '--no-update-notifier',
  ];
  const patience = ['--fetch-retries=2', '--fetch-retry-mintimeout=500', '--fetch-retry-maxtimeout=3000'];
  const { code, output } = await run(command, [...args, 'ci', '--loglevel=error', ...flags, ...patience], {
    cwd: ROOT,
    lock,
  });
  if (code === 0) return;
  if (code === null) throw new SetupError('npm was not found; install Node 20 or newer with npm.');
  if (UNREACHABLE.test(output)) {
    throw new SetupError(
      `the package registry can not be reached. ${NETWORK}\n${head(linesLike(output, /reason:|request to/), 1)}`,
    );
  }
  const said = linesLike(output, /^(?!npm error( +at | code | *$|.*_logs))/);
  throw new SetupError(`npm could not install the packages; it says:\n${head(said)}`);
}

const NETWORK =
  'Check the network (proxy: `npm config set https-proxy URL`; registry: `npm config get registry`) and run the command again.';

/**
 * @param {string} output
 * @param {RegExp} pattern
 */
function linesLike(output, pattern) {
  return output
    .split('\n')
    .filter((line) => pattern.test(line))
    .join('\n');
}

/**
 * npm itself, run by the Node that already runs it: the one in node_modules is about to be replaced.
 * @returns {[string, ...string[]]}
 */
function npm() {
  const { npm_execpath: script, npm_node_execpath: node } = process.env;
  return script && node && basename(script) === 'npm-cli.js' ? [node, script] : ['npm'];
}

function fingerprint() {
  const lockfile = readFileSync(LOCKFILE);
  return createHash('sha256').update(lockfile).update(`${process.platform} ${process.arch}`).digest('hex');
}

/** Whether someone's own `npm install` already brought exactly what the lockfile names; npm keeps a list of it. */
function matchesLockfile() {
  const wanted = packagesIn(LOCKFILE);
  const present = packagesIn(join(MODULES, '.package-lock.json'));
  if (!wanted || !present) return false;
  const unknown = Object.keys(present).some((path) => present[path]?.version !== wanted[path]?.version);
  const missing = Object.keys(wanted).some((path) => path !== '' && !present[path] && !isOptional(wanted[path]));
  return !unknown && !missing;
}

/**
 * @typedef {{ version?: string, optional?: boolean, devOptional?: boolean }} LockedPackage
 * @param {string} file
 * @returns {Record<string, LockedPackage> | null}
 */
function packagesIn(file) {
  const text = readOr(file);
  return text === null ? null : JSON.parse(text).packages;
}

/** @param {LockedPackage | undefined} entry */
function isOptional(entry) {
  return entry?.optional === true || entry?.devOptional === true;
}

function hasCommand() {
  try {
    return readlinkSync(COMMAND) === COMMAND_TARGET;
  } catch {
    return false;
  }
}

/** npm links the commands of installed packages, but not our own: this makes `npx muster` work in a clone. */
function linkCommand() {
  if (hasCommand()) return;
  const target = join(ROOT, 'scripts', 'muster.mjs');
  if (existsSync(target)) chmodSync(target, 0o755);
  rmSync(COMMAND, { force: true });
  symlinkSync(COMMAND_TARGET, COMMAND);
}

/** @param {string} file */
function readOr(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : null;
}
