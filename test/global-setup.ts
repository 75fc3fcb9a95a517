/**
 * One PostgreSQL and one Redis for the whole run, as `TEST_DATABASE_URL` and `TEST_REDIS_URL`.
 *
 * They run in a process of their own, in a folder that is gone afterwards, with settings that are fast because nothing
 * has to survive (no fsync). However the run ends, they notice that it is gone and end too. With DATABASE_URL and
 * REDIS_URL both set, those servers are used instead; the role needs the right to create databases.
 * Jest loads this file by itself, so it imports nothing of ours but runs the compiled launcher.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const LAUNCHER = join(process.cwd(), 'dist', 'src', 'services.js');

declare global {
  var musterTestServices: ChildProcess | undefined;
}

export default async function globalSetup(): Promise<void> {
  const { DATABASE_URL, REDIS_URL } = process.env;
  const found = DATABASE_URL && REDIS_URL ? { DATABASE_URL, REDIS_URL } : await startServices();
  process.env['TEST_DATABASE_URL'] = found.DATABASE_URL;
  process.env['TEST_REDIS_URL'] = found.REDIS_URL;
}

async function startServices(): Promise<Record<string, string>> {
  if (!existsSync(LAUNCHER)) throw new Error('Muster is not built; run the tests with `npm test`.');
  const child = spawn(process.execPath, [LAUNCHER, '--ephemeral'], { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  globalThis.musterTestServices = child;
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const found: Record<string, string> = {};
  for await (const line of createInterface({ input: child.stdout! })) {
    if (line === 'services ready') return release(child, found);
    const [name = '', ...value] = line.split('=');
    found[name] = value.join('=');
  }
  throw new Error(`The services of the tests did not start:\n${said}`);
}

/** Nothing of the child may keep Jest from ending. */
function release(child: ChildProcess, found: Record<string, string>): Record<string, string> {
  child.stdout?.destroy();
  child.stderr?.destroy();
  child.channel?.unref();
  child.unref();
  return found;
}
