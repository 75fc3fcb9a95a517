import type { FastifyInstance } from 'fastify';
import { ProblemException } from '../errors/problem.exception.js';

/** The entity tag of a version. */
function etag(version: number): string {
  return `"${version}"`;
}

/** An answer whose receipt is not complete is 202: accepted, and not yet true everywhere. */
export function addReceiptStatus(server: FastifyInstance): void {
  server.addHook('preSerialization', (_request, reply, payload, done) => {
    const { receipt } = (payload ?? {}) as { receipt?: { enforcement?: unknown } | null };
    if (receipt?.enforcement === 'pending') void reply.status(202);
    done(null, payload);
  });
}

/** Every answer with a `version` carries it as its ETag. A hook of the server: an interceptor costs three times as much. */
export function addEtags(server: FastifyInstance): void {
  server.addHook('preSerialization', (_request, reply, payload, done) => {
    const version = (payload as { version?: unknown } | null)?.version;
    if (typeof version === 'number') void reply.header('ETag', etag(version));
    done(null, payload);
  });
}

/** The version a client believes to be current, from `If-Match`; null when it doesn't say. */
export function expectedVersion(ifMatch: string | undefined): number | null {
  if (!ifMatch || ifMatch === '*') return null;
  const version = /^(?:W\/)?"(\d{1,9})"$/.exec(ifMatch)?.[1];
  if (version) return Number(version);
  throw new ProblemException('bad_request', 'If-Match must be the ETag of an earlier answer, for example "3".');
}

/** Refuses a write whose `If-Match` is not the current version. */
export function requireVersion(current: number, expected: number | null): void {
  if (expected === null || expected === current) return;
  throw new ProblemException('stale_version', 'Read it again, and repeat your change on the new version.', {
    version: current,
  });
}
