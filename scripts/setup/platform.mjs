/** Where Muster runs: Linux with glibc or macOS, on x64 or arm64; Node 20 for the set-up, 22.17 or newer for the rest. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './paths.mjs';
import { SetupError } from './report.mjs';

const OWN_NODE = join(ROOT, 'node_modules', '.bin', 'node');

/** The Node that runs everything but the set-up: the one from npm where there is one, else the one that runs now. */
export function runtimeNode() {
  return existsSync(OWN_NODE) ? OWN_NODE : process.execPath;
}

/** Whether the Node that runs now is new enough for all of Muster. */
export function canRunMuster() {
  return atLeast(22, 17);
}

export function checkPlatform() {
  if (!atLeast(20, 0)) throw new SetupError(`Node ${process.versions.node} is too old; install Node 20 or newer.`);
  const { platform, arch } = process;
  if (!['linux', 'darwin'].includes(platform) || !['x64', 'arm64'].includes(arch) || isMusl()) {
    throw new SetupError(
      `${platform} on ${arch}${isMusl() ? ' with musl' : ''} is not supported; ` +
        'use Linux with glibc or macOS on x64 or arm64, or the containers of docker-compose.yml.',
    );
  }
}

/** To be asked once packages are installed: before, the right Node may simply not be here yet. */
export function checkNode() {
  if (existsSync(OWN_NODE) || canRunMuster()) return;
  throw new SetupError(
    `Node ${process.versions.node} can set Muster up but not run it, and npm has none for this platform; ` +
      'install Node 22.17 or newer.',
  );
}

/**
 * @param {number} major
 * @param {number} minor
 */
function atLeast(major, minor) {
  const [a = 0, b = 0] = process.versions.node.split('.').map(Number);
  return a > major || (a === major && b >= minor);
}

function isMusl() {
  if (process.platform !== 'linux') return false;
  const report = /** @type {{ header?: { glibcVersionRuntime?: string } }} */ (process.report.getReport());
  return !report.header?.glibcVersionRuntime;
}
