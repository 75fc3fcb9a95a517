/**
 * `npm run services`: only PostgreSQL and Redis, in the foreground. Prints where they are, then `services ready`; ends
 * on SIGINT and SIGTERM. `--ephemeral` is for tests: fast and forgetful, in a folder that is gone afterwards.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataDir } from './platform/embedded/data-dir.js';
import { DataDirLock } from './platform/embedded/data-dir.lock.js';
import { publishRunning, withdrawRunning } from './platform/embedded/running.js';
import { EmbeddedServices } from './platform/embedded/services.js';
import { aborted, complain, runLauncher, say, sayStep, sayWaiting } from './platform/embedded/terminal.js';

const usual = process.env.MUSTER_DATA_DIR || '.muster';

runLauncher(process.env, (stop) =>
  process.argv.includes('--ephemeral') ? runEphemeral(stop) : run(usual, true, stop),
);

async function runEphemeral(stop: AbortSignal): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'muster-'));
  try {
    return await run(folder, false, stop);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function run(dataDir: string, durable: boolean, stop: AbortSignal): Promise<number> {
  const lock = await DataDirLock.take(DataDir.open(dataDir), { onWait: sayWaiting, signal: stop });
  try {
    const services = await start(lock, durable, stop);
    return await runUntilStopped(lock, services, stop);
  } finally {
    lock.release();
  }
}

function start(lock: DataDirLock, durable: boolean, signal: AbortSignal): Promise<EmbeddedServices> {
  return EmbeddedServices.start({
    lock,
    durable,
    path: process.env.PATH,
    toolFolders: [usual, '.muster'],
    signal,
    onStarted: (name, elapsedMs) => sayStep(`starting ${name}`, elapsedMs),
  });
}

async function runUntilStopped(lock: DataDirLock, services: EmbeddedServices, stop: AbortSignal): Promise<number> {
  const environment = { DATABASE_URL: services.databaseUrl, REDIS_URL: services.redisUrl };
  publishRunning(lock.dir, environment);
  for (const [name, value] of Object.entries(environment)) say(`${name}=${value}`);
  say('services ready');
  const failure = await Promise.race([services.failed, aborted(stop)]);
  lock.leaving();
  withdrawRunning(lock.dir);
  await services.stop();
  if (failure === undefined) return 0;
  complain(`${failure}\nThe other service has been stopped.`);
  return 1;
}
