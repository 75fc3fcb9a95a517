/**
 * Access tokens: short-lived JWTs that name a session. What the session may do is not in them.
 *
 * Who calls: `issue` at login and refresh, `verify` in front of every request and socket. Guaranteed: what `verify`
 * lets through was signed here with our secret, as an access token, and has not expired. Only tokens with exactly
 * our own header are looked at, so there is no algorithm, type or key that a token could choose.
 */
import { createHash, createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { SignJWT } from 'jose';
import { Clock } from '../platform/clock.js';
import { Config } from '../platform/config/config.js';
import { ProblemException } from '../platform/errors/problem.exception.js';

const ISSUER = 'muster';
const AUDIENCE = 'muster';

interface Claims {
  iss?: unknown;
  aud?: unknown;
  sid?: unknown;
  exp?: unknown;
}

@Injectable()
export class AccessTokens {
  private readonly key: KeyObject;
  private readonly header: { alg: 'HS256'; typ: string; kid: string };
  private readonly encodedHeader: string;

  constructor(
    private readonly config: Config,
    private readonly clock: Clock,
  ) {
    const secret = Buffer.from(config.jwtSecret);
    this.key = createSecretKey(secret);
    const kid = createHash('sha256').update('kid').update(secret).digest('base64url').slice(0, 8);
    this.header = { alg: 'HS256', typ: 'at+jwt', kid };
    this.encodedHeader = Buffer.from(JSON.stringify(this.header)).toString('base64url');
  }

  /** A token for the session, good for `Config.accessTokenSeconds`. */
  issue(session: { id: string; agentId: string }): Promise<string> {
    const now = Math.floor(this.clock.now() / 1000);
    return new SignJWT({ sid: session.id })
      .setProtectedHeader(this.header)
      .setSubject(session.agentId)
      .setIssuer(ISSUER)
      .setAudience(AUDIENCE)
      .setIssuedAt(now)
      .setExpirationTime(now + this.config.accessTokenSeconds)
      .sign(this.key);
  }

  /**
   * The session a token names. Throws 401 `token_expired` or `token_invalid`. Not by jose, whose asynchronous
   * verification takes 30 times the CPU time of the signature itself, for every request.
   */
  verify(token: string): { sessionId: string; expiresAt: number } {
    const [header, payload = '', signature = '', ...rest] = token.split('.');
    if (header !== this.encodedHeader || rest.length > 0 || !this.isSigned(payload, signature)) throw invalid();
    const { iss, aud, sid, exp } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Claims;
    if (iss !== ISSUER || aud !== AUDIENCE || typeof sid !== 'string' || typeof exp !== 'number') throw invalid();
    const expiresAt = exp * 1000;
    if (expiresAt > this.clock.now()) return { sessionId: sid, expiresAt };
    throw new ProblemException('token_expired', 'Refresh the access token with POST /api/v1/auth/refresh.');
  }

  private isSigned(payload: string, signature: string): boolean {
    const expected = createHmac('sha256', this.key).update(`${this.encodedHeader}.${payload}`).digest('base64url');
    return signature.length === expected.length && timingSafeEqual(Buffer.from(signature), Buffer.from(expected));
  }
}

function invalid(): ProblemException {
  return new ProblemException('token_invalid', 'Send an access token or API key of Muster as: Authorization: Bearer …');
}
