/**
 * `npm run services`: only PostgreSQL and Redis, in the foreground. Prints where they are, then `services ready`; ends
 * on SIGINT and SIGTERM. `--ephemeral` is for tests: fast and forgetful, in a folder that is gone afterwards.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LaunchCancelled } from './platform/embedded/launch.error.js';
import { publishRunning, withdrawRunning } from './platform/embedded/running.js';
import { EmbeddedServices } from './platform/embedded/services.js';
import { aborted, complain, runLauncher, say, sayStep } from './platform/embedded/terminal.js';

const usual = process.env.MUSTER_DATA_DIR || '.muster';

runLauncher((stop) => (process.argv.includes('--ephemeral') ? runEphemeral(stop) : run(usual, true, stop)));

async function runEphemeral(stop: AbortSignal): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'muster-'));
  try {
    return await run(folder, false, stop);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function run(dataDir: string, durable: boolean, stop: AbortSignal): Promise<number> {
  try {
    const services = await start(dataDir, durable, stop);
    return await runUntilStopped(services, stop);
  } catch (error) {
    if (error instanceof LaunchCancelled) return 0;
    throw error;
  }
}

function start(dataDir: string, durable: boolean, signal: AbortSignal): Promise<EmbeddedServices> {
  return EmbeddedServices.start({
    dataDir,
    durable,
    path: process.env.PATH,
    toolFolders: [usual, '.muster'],
    signal,
    onStarted: (name, elapsedMs) => sayStep(`starting ${name}`, elapsedMs),
  });
}

async function runUntilStopped(services: EmbeddedServices, stop: AbortSignal): Promise<number> {
  const environment = { DATABASE_URL: services.databaseUrl, REDIS_URL: services.redisUrl };
  publishRunning(services.dir, environment);
  for (const [name, value] of Object.entries(environment)) say(`${name}=${value}`);
  say('services ready');
  const failure = await Promise.race([services.failed, aborted(stop)]);
  withdrawRunning(services.dir);
  await services.stop();
  if (failure === undefined) return 0;
  complain(`${failure}\nThe other service has been stopped.`);
  return 1;
}
