/**
 * Access tokens: short-lived JWTs that name a session. What the session may do is not in them.
 *
 * Who calls: `issue` at login and refresh, `verify` in front of every request and socket. Guaranteed: what `verify`
 * lets through was signed with our secret or a former one that is still listed, as an access token, and has not
 * expired. A token names its key (`kid`), so that the secret can be changed while sessions go on. Must never happen: a
 * token that is verified with another key or algorithm than the one of its `kid`; one that is good beyond its time.
 *
 * That a token was signed here stays true, so it is asked once: jose takes as long for it as all else of a
 * small request. Whether its session may still do anything is nothing that could be remembered, nor is it.
 */
import { createHash, hash, webcrypto } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { type CryptoKey, errors, jwtVerify, SignJWT } from 'jose';
import { Clock } from '../platform/clock.js';
import { Config } from '../platform/config/config.js';
import { ProblemException } from '../platform/errors/problem.exception.js';

const ISSUER = 'muster';
const AUDIENCE = 'muster';
const TYPE = 'at+jwt';
const ALGORITHM = 'HS256';
/** So many verified tokens are remembered, as digests. */
const MAX_REMEMBERED = 50_000;

/** What a token says. */
export interface VerifiedToken {
  sessionId: string;
  expiresAt: number;
}

@Injectable()
export class AccessTokens {
  /** By `kid`. Imported once: jose would import bytes anew for each token, which costs more than the signature. */
  private readonly keys: ReadonlyMap<string, Promise<CryptoKey>>;
  private readonly signingKey: Promise<CryptoKey>;
  private readonly signingKeyId: string;
  /** By digest of the token; the oldest first. */
  private readonly verified = new Map<string, VerifiedToken>();

  constructor(
    private readonly config: Config,
    private readonly clock: Clock,
  ) {
    this.signingKeyId = keyIdOf(config.jwtSecret);
    this.signingKey = importKey(config.jwtSecret, ['sign', 'verify']);
    const former = config.oldJwtSecrets.map((secret) => [keyIdOf(secret), importKey(secret, ['verify'])] as const);
    this.keys = new Map([...former, [this.signingKeyId, this.signingKey]]);
  }

  /** A token for the session, good for `Config.accessTokenSeconds`. */
  async issue(session: { id: string; agentId: string }): Promise<string> {
    const now = Math.floor(this.clock.now() / 1000);
    return new SignJWT({ sid: session.id })
      .setProtectedHeader({ alg: ALGORITHM, typ: TYPE, kid: this.signingKeyId })
      .setSubject(session.agentId)
      .setIssuer(ISSUER)
      .setAudience(AUDIENCE)
      .setIssuedAt(now)
      .setExpirationTime(now + this.config.accessTokenSeconds)
      .sign(await this.signingKey);
  }

  /** The session a token names. Throws 401 `token_expired` or `token_invalid`. */
  async verify(token: string): Promise<VerifiedToken> {
    const digest = hash('sha256', token, 'base64url');
    const known = this.verified.get(digest);
    if (!known) return this.remember(digest, await this.check(token));
    if (known.expiresAt > this.clock.now()) return known;
    this.verified.delete(digest);
    throw expired();
  }

  private remember(digest: string, token: VerifiedToken): VerifiedToken {
    const [oldest] = this.verified.size < MAX_REMEMBERED ? [] : this.verified.keys();
    if (oldest !== undefined) this.verified.delete(oldest);
    this.verified.set(digest, token);
    return token;
  }

  private async check(token: string): Promise<VerifiedToken> {
    try {
      const { payload } = await jwtVerify(token, ({ kid }) => this.keyOf(kid), {
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
      throw expired();
    }
  }

  private keyOf(kid: unknown): Promise<CryptoKey> {
    const key = typeof kid === 'string' ? this.keys.get(kid) : undefined;
    if (!key) throw invalid();
    return key;
  }
}

/** Names a secret without telling anything of it. */
function keyIdOf(secret: string): string {
  return createHash('sha256').update('kid').update(secret).digest('base64url').slice(0, 8);
}

function importKey(secret: string, uses: ('sign' | 'verify')[]): Promise<CryptoKey> {
  return webcrypto.subtle.importKey('raw', Buffer.from(secret), { name: 'HMAC', hash: 'SHA-256' }, false, uses);
}

function expired(): ProblemException {
  return new ProblemException('token_expired', 'Refresh the access token with POST /api/v1/auth/refresh.');
}

function invalid(): ProblemException {
  return new ProblemException('token_invalid', 'Send an access token or API key of Muster as: Authorization: Bearer …');
}
