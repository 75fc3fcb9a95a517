import { timingSafeEqual } from 'node:crypto';
import { ProblemException } from '../platform/errors/problem.exception.js';
import type { Fingerprints } from './fingerprints.js';
import { createOpaqueToken, hashOpaqueToken } from './opaque-token.js';

const FORM = /^(([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\.([\w-]{43}))\.([\w-]{43})$/;

/**
 * A refresh token of a session. It names the session, so that using any former one is noticed; and it is sealed, so that
 * one that was made up is told from a former one, and does not end the session of which somebody knows the id.
 */
export function createRefreshToken(sessionId: string, fingerprints: Fingerprints): { token: string; hash: Buffer } {
  const { token, hash } = createOpaqueToken();
  const named = `${sessionId}.${token}`;
  return { token: `${named}.${fingerprints.seal(named)}`, hash };
}

/** The session a refresh token names, and the hash of its secret. 401 `token_invalid` for one that was never issued. */
export function parseRefreshToken(token: string, fingerprints: Fingerprints): { sessionId: string; hash: Buffer } {
  const [, named, sessionId, secret, seal] = FORM.exec(token) ?? [];
  if (named && sessionId && secret && seal && isEqual(seal, fingerprints.seal(named))) {
    return { sessionId, hash: hashOpaqueToken(secret) };
  }
  throw new ProblemException('token_invalid', 'This is not a refresh token of Muster; log in again.');
}

function isEqual(shown: string, expected: string): boolean {
  return timingSafeEqual(Buffer.from(shown), Buffer.from(expected));
}
