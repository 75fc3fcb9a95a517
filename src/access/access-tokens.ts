/**
 * Access tokens: short-lived JWTs that name a session. What the session may do is not in them.
 *
 * Who calls: `issue` at login and refresh, `verify` in front of every request and socket. Guaranteed: what `verify`
 * lets through was signed here with our secret, as an access token, and has not expired.
 */
import { createHash, webcrypto } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { type CryptoKey, errors, jwtVerify, SignJWT } from 'jose';
import { Clock } from '../platform/clock.js';
import { Config } from '../platform/config/config.js';
import { ProblemException } from '../platform/errors/problem.exception.js';

const ISSUER = 'muster';
const AUDIENCE = 'muster';
const TYPE = 'at+jwt';
const ALGORITHM = 'HS256';

@Injectable()
export class AccessTokens {
  /** Imported once: jose would import bytes anew for each token, which costs more than the signature. */
  private readonly key: Promise<CryptoKey>;
  private readonly keyId: string;

  constructor(
    private readonly config: Config,
    private readonly clock: Clock,
  ) {
    const secret = Buffer.from(config.jwtSecret);
    const use = { name: 'HMAC', hash: 'SHA-256' };
    this.key = webcrypto.subtle.importKey('raw', secret, use, false, ['sign', 'verify']);
    this.keyId = createHash('sha256').update('kid').update(secret).digest('base64url').slice(0, 8);
  }

  /** A token for the session, good for `Config.accessTokenSeconds`. */
  async issue(session: { id: string; agentId: string }): Promise<string> {
    const now = Math.floor(this.clock.now() / 1000);
    return new SignJWT({ sid: session.id })
      .setProtectedHeader({ alg: ALGORITHM, typ: TYPE, kid: this.keyId })
      .setSubject(session.agentId)
      .setIssuer(ISSUER)
      .setAudience(AUDIENCE)
      .setIssuedAt(now)
      .setExpirationTime(now + this.config.accessTokenSeconds)
      .sign(await this.key);
  }

  /** The session a token names. Throws 401 `token_expired` or `token_invalid`. */
  async verify(token: string): Promise<{ sessionId: string; expiresAt: number }> {
    try {
      const { payload } = await jwtVerify(token, await this.key, {
        algorithms: [ALGORITHM],
        typ: TYPE,
        issuer: ISSUER,
        audience: AUDIENCE,
        requiredClaims: ['sid', 'sub', 'exp'],
        currentDate: this.clock.date(),
      });
      const { sid, exp } = payload;
      if (typeof sid !== 'string' || exp === undefined) throw invalid();
      return { sessionId: sid, expiresAt: exp * 1000 };
    } catch (error) {
      if (!(error instanceof errors.JWTExpired)) throw invalid();
      throw new ProblemException('token_expired', 'Refresh the access token with POST /api/v1/auth/refresh.');
    }
  }
}

function invalid(): ProblemException {
  return new ProblemException('token_invalid', 'Send an access token or API key of Muster as: Authorization: Bearer …');
}
