import { createServer } from 'node:net';
import { LaunchError } from './launch.error.js';

/** Below the ports that systems hand out to outgoing connections: what is free here tends to stay free. */
const FIRST = 20_000;
const COUNT = 12_000;
const ATTEMPTS = 50;

/** Why nothing can listen there now (`EADDRINUSE`, `EACCES`, …), or null when it can. */
export function whyNotFree(port: number, host: string): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(null)));
  });
}

/** A port of this machine that nobody listens on; `preferred` if that is one. */
export async function freePort(preferred = anyPort()): Promise<number> {
  for (let candidate = preferred, attempts = 0; attempts < ATTEMPTS; candidate = anyPort(), attempts++) {
    if ((await whyNotFree(candidate, '127.0.0.1')) === null) return candidate;
  }
  throw new LaunchError('No free port was found on 127.0.0.1; may this user listen there?');
}

function anyPort(): number {
  return FIRST + Math.floor(Math.random() * COUNT);
}
