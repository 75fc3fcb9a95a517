import type { Readiness } from '#contracts';
import { whyNotFree } from '../../platform/embedded/free-port.js';
import { failed, type Finding, ok, skipped } from './finding.js';
import type { Subject } from './subject.js';

const PATIENCE_MS = 5_000;
const EVERYWHERE = new Set(['0.0.0.0', '::']);

/** Whether a node could listen where it is told to, or one of ours already does. */
export async function checkPort({ environment, wrong }: Subject): Promise<Finding[]> {
  const { HOST: host, PORT: port } = environment;
  if (wrong.has('PORT') || wrong.has('HOST')) return [skipped('Port', 'not known')];
  if (port === 0) return [skipped('Port', 'any free one (PORT=0)')];
  const reason = await whyNotFree(port, host);
  if (reason === null) return [ok('Port', `${port} on ${host} is free`)];
  if (reason === 'EADDRINUSE') return [await checkListener(host, port)];
  if (reason === 'EACCES')
    return [failed('Port', `this user may not listen on ${port}`, 'Choose a PORT from 1024 on.')];
  return [failed('Port', `${host} is no address of this machine (${reason})`, 'Set HOST to one, or to 0.0.0.0.')];
}

async function checkListener(host: string, port: number): Promise<Finding> {
  const name = EVERYWHERE.has(host) ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host;
  const readiness = await askReadiness(`http://${name}:${port}`);
  if (!readiness) return failed('Port', `${port} on ${host} is taken by something else`, 'Choose another PORT.');
  if (readiness.status === 'ready') return ok('Port', `Muster answers on ${port}, ready`);
  const details = readiness.checks.flatMap(({ ok: fine, detail }) => (fine || !detail ? [] : [detail]));
  return failed('Port', `Muster answers on ${port}, ${readiness.status}`, details.join(' '));
}

/** What a node says of itself; null when none answers there. */
async function askReadiness(url: string): Promise<Readiness | null> {
  try {
    const answer = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(PATIENCE_MS) });
    const body = (await answer.json()) as Partial<Readiness> | null;
    return body?.status && Array.isArray(body.checks) ? { status: body.status, checks: body.checks } : null;
  } catch {
    return null;
  }
}
