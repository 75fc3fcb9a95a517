import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { ADMIN, APP_SECRET, VERIFY_TOKEN } from './nodes.js';
import { testServices } from './services.js';

const MAIN = join(import.meta.dirname, '../../dist/src/main.js');

/** An application node as a process of its own, which can be killed. */
export interface NodeProcess {
  url: string;
  process: ChildProcess;
  /** What it wrote to stderr. */
  complaints: () => string;
}

/** The environment of a node; `undefined` takes a variable away. */
export function nodeEnvironment(databaseUrl: string, variables: Record<string, string | undefined> = {}) {
  return {
    PATH: process.env['PATH'],
    HOST: '127.0.0.1',
    DATABASE_URL: databaseUrl,
    REDIS_URL: testServices().redisUrl,
    MUSTER_JWT_SECRET: 'a-secret-that-only-the-tests-know-of',
    MUSTER_PHONE_KEY: Buffer.alloc(32, 7).toString('base64'),
    MUSTER_ADMIN_EMAIL: ADMIN.email,
    MUSTER_ADMIN_PASSWORD: ADMIN.password,
    MUSTER_WHATSAPP_APP_SECRET: APP_SECRET,
    MUSTER_WHATSAPP_VERIFY_TOKEN: VERIFY_TOKEN,
    LOG_LEVEL: 'error',
    ...variables,
  };
}

/** Starts a node and waits until it is ready. The port is the test's, so that a restart has the same. */
export async function startProcess(port: number, environment: NodeJS.ProcessEnv): Promise<NodeProcess> {
  const { child, complaints } = spawnNode({ ...environment, PORT: String(port) });
  const url = `http://127.0.0.1:${port}`;
  const died = once(child, 'exit').then(() => {
    throw new Error(`The node ended while it started: ${complaints()}`);
  });
  await Promise.race([untilReady(url), died]);
  died.catch(() => undefined);
  return { url, process: child, complaints };
}

/** Runs a node that is expected to refuse to start. */
export async function runToEnd(environment: NodeJS.ProcessEnv): Promise<{ code: number | null; complaints: string }> {
  const { child, complaints } = spawnNode(environment);
  const [code] = (await once(child, 'exit')) as [number | null];
  return { code, complaints: complaints() };
}

/** Ends a node without giving it a chance to say so. */
export async function kill(node: NodeProcess): Promise<void> {
  const ended = once(node.process, 'exit');
  node.process.kill('SIGKILL');
  await ended;
}

/** Asks a node to stop; resolves with its exit code. */
export async function stop(node: NodeProcess): Promise<number | null> {
  if (node.process.exitCode !== null) return node.process.exitCode;
  const ended = once(node.process, 'exit') as Promise<[number | null]>;
  node.process.kill('SIGTERM');
  return (await ended)[0];
}

function spawnNode(environment: NodeJS.ProcessEnv) {
  const child = spawn(process.execPath, [MAIN], { env: environment, stdio: ['ignore', 'ignore', 'pipe'] });
  let text = '';
  child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return { child, complaints: () => text };
}

async function untilReady(url: string): Promise<void> {
  for (;;) {
    const answer = await fetch(`${url}/readyz`).catch(() => null);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
