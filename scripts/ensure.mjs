#!/usr/bin/env node
/**
 * Set-up: brings a clone to where its commands can run, and does nothing when nothing is missing.
 *
 * Called by npm's `pre…` scripts as `node scripts/ensure.mjs WHAT`, under whatever Node is on PATH (20 or newer)
 * and before anything is installed: hence plain JavaScript without dependencies.
 * Guarantees: on exit 0 packages match the lockfile, `dist` matches the sources and Redis can be started (unless the
 * command needs none). Two set-ups in one clone take turns. A failure is one message that says what to do, exit 1.
 */
import { buildProgram, ensureBuild, isBuilt, isProgram } from './setup/build.mjs';
import { ensureInstalled, isInstalled } from './setup/install.mjs';
import { withSetupLock } from './setup/lock.mjs';
import { checkNode, checkPlatform } from './setup/platform.mjs';
import { ensureRedis, findRedis } from './setup/redis.mjs';
import { explain } from './setup/report.mjs';

const what = process.argv[2] ?? 'start';
const embedded = !process.env.DATABASE_URL && !process.env.REDIS_URL;
const needsRedis = ['services', 'faults'].includes(what) || (['start', 'test', 'bench'].includes(what) && embedded);

async function main() {
  checkPlatform();
  if (!isReady()) await withSetupLock(setUp);
  checkNode();
}

function isReady() {
  return isInstalled() && isBuilt() && !isProgram(what) && what !== 'build' && (!needsRedis || findRedis() !== null);
}

/** @param {import('./setup/lock.mjs').SetupLock} lock */
async function setUp(lock) {
  await ensureInstalled(lock);
  checkNode();
  await ensureBuild(lock, what === 'build');
  if (isProgram(what)) await buildProgram(lock, what);
  if (needsRedis) await ensureRedis(lock);
}

main().catch((error) => {
  process.stderr.write(`\n${explain(error)}\n`);
  process.exitCode = 1;
});
