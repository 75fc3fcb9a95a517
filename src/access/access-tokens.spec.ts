import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { jwtVerify, SignJWT } from 'jose';
import { Clock } from '../platform/clock.js';
import type { Config } from '../platform/config/config.js';
import { ProblemException } from '../platform/errors/problem.exception.js';
import { AccessTokens } from './access-tokens.js';

const SECRET = 'a-secret-that-only-this-test-knows-of';
const KEY = new TextEncoder().encode(SECRET);
const SESSION = { id: '01890a5d-ac96-774b-bcce-b302099a8057', agentId: '01890a5d-ac96-774b-bcce-b302099a8058' };

class TestClock extends Clock {
  time = Date.UTC(2026, 10, 23, 10, 0, 0);
  override now(): number {
    return this.time;
  }
}

async function codeOf(verify: Promise<unknown>): Promise<string | null> {
  try {
    await verify;
    return null;
  } catch (error) {
    return error instanceof ProblemException ? error.code : String(error);
  }
}

describe('access tokens', () => {
  const clock = new TestClock();
  const config = { jwtSecret: SECRET, oldJwtSecrets: [] as readonly string[], accessTokenSeconds: 900 } as Config;
  const tokens = new AccessTokens(config, clock);
  const sign = (header: object, claims: object) => {
    const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
    const input = `${encode(header)}.${encode(claims)}`;
    return `${input}.${createHmac('sha256', SECRET).update(input).digest('base64url')}`;
  };
  let token: string;
  let header: object;
  let claims: Record<string, unknown>;

  beforeAll(async () => {
    token = await tokens.issue(SESSION);
    [header, claims] = token
      .split('.')
      .slice(0, 2)
      .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString())) as [object, Record<string, unknown>];
  });

  it('name the session until they expire, to the second', async () => {
    const issuedAt = clock.time;
    expect(await tokens.verify(token)).toEqual({ sessionId: SESSION.id, expiresAt: issuedAt + 900_000 });
    clock.time = issuedAt + 899_999;
    expect(await codeOf(tokens.verify(token))).toBeNull();
    clock.time = issuedAt + 900_000;
    expect(await codeOf(tokens.verify(token))).toBe('token_expired');
    clock.time = issuedAt;
  });

  it('end on time also when they were verified before, and are good again when the clock is', async () => {
    const issuedAt = clock.time;
    const [first, second] = [await tokens.verify(token), await tokens.verify(token)];
    expect(second).toEqual(first);
    clock.time = first.expiresAt;
    expect(await codeOf(tokens.verify(token))).toBe('token_expired');
    expect(await codeOf(tokens.verify(token))).toBe('token_expired');
    clock.time = issuedAt;
    expect(await tokens.verify(token)).toEqual(first);
  });

  it('are JWTs that other implementations understand', async () => {
    const { payload } = await jwtVerify(token, KEY, {
      issuer: 'muster',
      audience: 'muster',
      currentDate: clock.date(),
    });
    expect(payload).toMatchObject({ sid: SESSION.id, sub: SESSION.agentId });
  });

  // The last character has two bits that mean nothing: they are not part of the signature.
  it('are refused when any character is another one', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(token.length - 2), fc.constantFrom(...'AZaz09-_.=+/ \n'), async (at, character) => {
        fc.pre(token[at] !== character);
        expect(await codeOf(tokens.verify(token.slice(0, at) + character + token.slice(at + 1)))).toBe('token_invalid');
      }),
      { numRuns: 300 },
    );
  });

  it('are refused in any other form, whoever wrote it', async () => {
    const [head, payload, signature] = token.split('.');
    const forms = [
      '',
      '.',
      '..',
      'x',
      `${head}.${payload}`,
      `${head}.${payload}.`,
      `${token}.`,
      `${token}.x`,
      `.${token}`,
    ];
    for (const form of [...forms, `${head}..${signature}`, token.repeat(2)]) {
      expect([form, await codeOf(tokens.verify(form))]).toEqual([form, 'token_invalid']);
    }
  });

  it('are refused when our secret signed something else', async () => {
    const refused = async (text: string) => expect(await codeOf(tokens.verify(text))).toBe('token_invalid');
    expect(await codeOf(tokens.verify(sign(header, claims)))).toBeNull();
    const algorithms = ['none', 'None', 'HS512', 'RS256', 'ES256', 'PS256', 'EdDSA', 'dir'].map((alg) => ({ alg }));
    const keys = [{ kid: undefined }, { kid: '' }, { kid: 'AAAAAAAA' }, { kid: 7 }, { kid: '__proto__' }];
    const types = [{ typ: 'JWT' }, { typ: undefined }, { typ: 'rt+jwt' }];
    for (const change of [...algorithms, ...keys, ...types, { crit: ['x'], x: 1 }, { b64: false, crit: ['b64'] }]) {
      await refused(sign({ ...header, ...change }, claims));
    }
    for (const change of [{ iss: 'x' }, { aud: 'x' }, { sid: 7 }, { exp: undefined }, { exp: '9' }]) {
      await refused(sign(header, { ...claims, ...change }));
    }
    await refused(await new SignJWT(claims).setProtectedHeader({ alg: 'HS256', typ: 'JWT' }).sign(KEY));
  });

  it('of another secret are refused', async () => {
    const others = new AccessTokens({ ...config, jwtSecret: `${SECRET}!` }, clock);
    const foreign = await others.issue(SESSION);
    expect(await codeOf(tokens.verify(foreign))).toBe('token_invalid');
  });

  it('stay good while their secret is listed as a former one, which signs nothing any more', async () => {
    const fresh = { ...config, jwtSecret: `${SECRET}!`, oldJwtSecrets: [`${SECRET}?`, SECRET] };
    const rotated = new AccessTokens(fresh, clock);
    expect(await rotated.verify(token)).toEqual(await tokens.verify(token));
    const next = await rotated.issue(SESSION);
    expect(await codeOf(rotated.verify(next))).toBeNull();
    expect(await codeOf(tokens.verify(next))).toBe('token_invalid');
    const done = new AccessTokens({ ...fresh, oldJwtSecrets: [] }, clock);
    expect(await codeOf(done.verify(token))).toBe('token_invalid');
    expect(await codeOf(done.verify(next))).toBeNull();
  });

  it('are refused when they name another of our keys than the one that signed them', async () => {
    const rotated = new AccessTokens({ ...config, jwtSecret: `${SECRET}!`, oldJwtSecrets: [SECRET] }, clock);
    const kid = (await rotated.issue(SESSION)).split('.')[0] ?? '';
    const other = JSON.parse(Buffer.from(kid, 'base64url').toString()) as object;
    expect(await codeOf(rotated.verify(sign(header, claims)))).toBeNull();
    expect(await codeOf(rotated.verify(sign(other, claims)))).toBe('token_invalid');
  });
});
