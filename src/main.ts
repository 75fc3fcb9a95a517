/**
 * One node of Muster. `MUSTER_ROLES` says which parts run. Exits 1 with one line a problem when the configuration
 * is wrong, or with one line when it can't start; stops cleanly on SIGTERM and SIGINT.
 */
import 'reflect-metadata';
import { createApp } from './app.js';
import { Config } from './platform/config/config.js';
import { ConfigurationError } from './platform/config/environment.js';
import { readEnvironment } from './platform/config/read-environment.js';

const STOP_WITHIN_MS = 25_000;
const LEAVE_AFTER_MS = 100;

async function main(): Promise<void> {
  const config = new Config(readEnvironment(process.env, (line) => process.stderr.write(`warning: ${line}\n`)));
  const app = await createApp(config);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void stop(() => app.close()));
  await app.listen(config.port, config.host);
}

async function stop(close: () => Promise<void>): Promise<void> {
  setTimeout(() => process.exit(1), STOP_WITHIN_MS).unref();
  await close();
  leave(0);
}

/**
 * Ends the process when V8's threads have had a moment to finish: in the middle of their compiling, as it is after
 * loading, `process.exit` may wait for them for ever (https://github.com/nodejs/node/issues/54918).
 */
function leave(code: number): void {
  setTimeout(() => process.exit(code), LEAVE_AFTER_MS);
}

/** What went wrong, for the one who starts it: no stack, no secret. */
function explain(error: unknown): string {
  if (error instanceof ConfigurationError) return error.message;
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE')
    return `PORT has a wrong value: it is taken by another process; choose another, for example PORT=3001`;
  if (code === 'ECONNREFUSED' || code === 'ENOENT' || code === '28P01' || code === '3D000') {
    return `DATABASE_URL can't be reached or refused us (${code}); is PostgreSQL running, and are user, password and database right?`;
  }
  return `Muster could not start: ${message}`;
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${explain(error)}\n`);
  leave(1);
}
