import { ProblemException } from '../platform/errors/problem.exception.js';
import { createOpaqueToken, hashOpaqueToken } from './opaque-token.js';

const FORM = /^([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\.([\w-]{43})$/;

/** A refresh token of a session: it names the session, so that using any former one is noticed. */
export function createRefreshToken(sessionId: string): { token: string; hash: Buffer } {
  const { token, hash } = createOpaqueToken();
  return { token: `${sessionId}.${token}`, hash };
}

/** The session a refresh token names, and the hash of its secret. 401 `token_invalid` for anything else. */
export function parseRefreshToken(token: string): { sessionId: string; hash: Buffer } {
  const [, sessionId, secret] = FORM.exec(token) ?? [];
  if (sessionId && secret) return { sessionId, hash: hashOpaqueToken(secret) };
  throw new ProblemException('token_invalid', 'This is not a refresh token of Muster; log in again.');
}
