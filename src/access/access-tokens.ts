import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { errors, jwtVerify, SignJWT } from 'jose';
import { Clock } from '../platform/clock.js';
import { Config } from '../platform/config/config.js';
import { ProblemException } from '../platform/errors/problem.exception.js';

const ISSUER = 'muster';
const AUDIENCE = 'muster';
const TYPE = 'at+jwt';
const ALGORITHM = 'HS256';

/** Access tokens: short-lived JWTs that name a session. What the session may do is not in them. */
@Injectable()
export class AccessTokens {
  private readonly key: Uint8Array;
  private readonly keyId: string;

  constructor(
    private readonly config: Config,
    private readonly clock: Clock,
  ) {
    this.key = new TextEncoder().encode(config.jwtSecret);
    this.keyId = createHash('sha256').update('kid').update(this.key).digest('base64url').slice(0, 8);
  }

  /** A token for the session, good for `Config.accessTokenSeconds`. */
  issue(session: { id: string; agentId: string }): Promise<string> {
    const now = Math.floor(this.clock.now() / 1000);
    return new SignJWT({ sid: session.id })
      .setProtectedHeader({ alg: ALGORITHM, typ: TYPE, kid: this.keyId })
      .setSubject(session.agentId)
      .setIssuer(ISSUER)
      .setAudience(AUDIENCE)
      .setIssuedAt(now)
      .setExpirationTime(now + this.config.accessTokenSeconds)
      .sign(this.key);
  }

  /** The session a token names. 401 `token_expired` or `token_invalid`. */
  async verify(token: string): Promise<{ sessionId: string; expiresAt: number }> {
    try {
      const { payload } = await jwtVerify(token, this.key, {
        algorithms: [ALGORITHM],
        typ: TYPE,
        issuer: ISSUER,
        audience: AUDIENCE,
        requiredClaims: ['sid', 'sub', 'exp'],
        currentDate: this.clock.date(),
      });
      return { sessionId: String(payload['sid']), expiresAt: (payload.exp ?? 0) * 1000 };
    } catch (error) {
      if (error instanceof errors.JWTExpired) {
        throw new ProblemException('token_expired', 'Refresh the access token with POST /api/v1/auth/refresh.');
      }
      throw new ProblemException(
        'token_invalid',
        'Send an access token or API key of Muster as: Authorization: Bearer …',
      );
    }
  }
}
