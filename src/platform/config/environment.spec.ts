import fc from 'fast-check';
import { ConfigurationError, validateEnvironment } from './environment.js';

const COMPLETE: Record<string, string> = {
  DATABASE_URL: 'postgres://muster:secret@localhost:5432/muster',
  REDIS_URL: 'redis://localhost:6379',
  MUSTER_JWT_SECRET: 'a-secret-that-is-long-enough-for-tests',
  MUSTER_PHONE_KEY: Buffer.alloc(32, 7).toString('base64'),
};

function linesFor(variables: Record<string, string | undefined>): string[] {
  try {
    validateEnvironment({ ...COMPLETE, ...variables });
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.lines;
    throw error;
  }
}

/** Wrong values of each variable, around a text that no message would contain by itself. */
const WRONG: Record<string, (text: string) => string[]> = {
  PORT: (text) => [text, `3000${text}`, '65536', '-1', '3.5', '0x10'],
  HOST: (text) => [`${text} `, `http://${text}`, `${text}/8`],
  DATABASE_URL: (text) => [
    text,
    `mysql://${text}@host/db`,
    `postgres://u:${text}%zz@host/db`,
    `postgres://${text} x@:y`,
  ],
  REDIS_URL: (text) => [text, `http://${text}`, `redis://:${text}%@host`, `redis://`, `unix://${text}`, 'unix:///'],
  MUSTER_ROLES: (text) => [text, `api,${text}`, ',', 'api worker'],
  MUSTER_DEMO: (text) => [text, 'true', '1', 'ON'],
  MUSTER_ADMIN_EMAIL: (text) => [text, `${text}@`, `${text}@ x`],
  MUSTER_ADMIN_PASSWORD: (text) => [text.slice(0, 9), text.repeat(20)],
  MUSTER_JWT_SECRET: (text) => [text.slice(0, 31)],
  MUSTER_JWT_SECRETS_OLD: (text) => [text.slice(0, 31), `${'s'.repeat(32)} ${text.slice(0, 31)}`],
  MUSTER_PHONE_KEY: (text) => [text, `${text}=`, Buffer.from(text.repeat(4)).toString('base64')],
  MUSTER_TICK_MS: (text) => [text, '9', '1001', '100ms'],
  MUSTER_PUBLIC_URL: (text) => [text, `https://${text}.example.com/path`, `ftp://${text}`],
  MUSTER_SMTP_URL: (text) => [text, `http://${text}`, `log:${text}`, `smtp://u:${text}%zz@host`, 'smtp://'],
  MUSTER_MAIL_FROM: (text) => [text, `${text} <${text}>`],
  MUSTER_LOGIN_FAILURES: (text) => [text, '0', '1001', '1.5'],
  MUSTER_LOGIN_FAILURES_PER_ADDRESS: (text) => [text, '0', '1000001'],
  MUSTER_LOGIN_LOCK_SECONDS: (text) => [text, '0', '86401', '15m'],
  MUSTER_RESETS_PER_HOUR: (text) => [text, '0', '1001'],
  MUSTER_CALLS_PER_SECOND: (text) => [text, '999', '10000001'],
  MUSTER_SOCKETS_PER_CREDENTIAL: (text) => [text, '99', '1000001'],
  MUSTER_HANDSHAKES_AT_ONCE: (text) => [text, '0', '10001', '1.5'],
  CORS_ORIGINS: (text) => [
    text,
    `https://${text}.example.com/`,
    `https://a.example.com,${text}`,
    `https://${text}:99999`,
  ],
  TRUST_PROXY: (text) => [text, `10.0.0.0/8,${text}`, '10.0.0.0/33', '10.0.0.0/0', 'false'],
  LOG_LEVEL: (text) => [text, 'verbose', 'INFO'],
  LOG_FORMAT: (text) => [text, 'text'],
  MUSTER_NODE_ID: (text) => [`${text} `, text.repeat(9)],
  MUSTER_REDIS_PREFIX: (text) => [`${text}:`, text.repeat(9)],
};

/** Starts with what is in no message, ends in at least eight random characters. */
const text = fc.stringMatching(/^qz[a-z0-9]{10,20}$/);

describe('validating the environment', () => {
  it('accepts a complete one and fills in the defaults', () => {
    expect(validateEnvironment(COMPLETE)).toMatchObject({
      PORT: 3000,
      HOST: '0.0.0.0',
      MUSTER_ROLES: ['api', 'worker'],
      MUSTER_DEMO: false,
      MUSTER_TICK_MS: 100,
      CORS_ORIGINS: [],
      LOG_LEVEL: 'info',
      LOG_FORMAT: 'json',
      MUSTER_REDIS_PREFIX: 'muster',
    });
  });

  it('treats an empty value as none', () => {
    const empty = Object.fromEntries(Object.keys(WRONG).map((name) => [name, '']));
    expect(validateEnvironment({ ...empty, ...COMPLETE }).PORT).toBe(3000);
  });

  it.each(Object.keys(WRONG))('says of a wrong %s in one line what is expected, never the value', (name) => {
    fc.assert(
      fc.property(text, (random) => {
        for (const value of WRONG[name]?.(random) ?? []) {
          const lines = linesFor({ [name]: value });
          expect(lines).toHaveLength(1);
          expect(lines[0]).toMatch(new RegExp(`^${name} has a wrong value: expected [^\n]{8,}$`));
          expect(lines[0]).not.toContain(random.slice(0, 9));
        }
      }),
      { numRuns: 25 },
    );
  });

  it.each(Object.keys(COMPLETE))('says that %s is missing and what is expected', (name) => {
    expect(linesFor({ [name]: undefined })).toEqual([
      expect.stringMatching(new RegExp(`^${name} is not set: expected .{8,}`)),
    ]);
  });

  it('tells all that is wrong at once, a line each', () => {
    const lines = linesFor({ PORT: 'many', MUSTER_JWT_SECRET: 'short', REDIS_URL: undefined });
    expect(lines.map((line) => line.split(' ')[0]).toSorted()).toEqual(['MUSTER_JWT_SECRET', 'PORT', 'REDIS_URL']);
  });

  it.each([
    { DATABASE_URL: 'postgresql:///muster?host=/run/postgresql' },
    { DATABASE_URL: 'postgres://u:p%40ss@[::1]:5432/db?sslmode=require' },
    { REDIS_URL: 'rediss://:secret@cache.example.com:6380/1' },
    { REDIS_URL: 'unix:///run/my%20redis/redis.sock' },
    { HOST: '::' },
    { PORT: '0' },
    { MUSTER_ROLES: ' worker , api ' },
    { CORS_ORIGINS: 'https://a.example.com, http://localhost:5173' },
    { TRUST_PROXY: 'true' },
    { TRUST_PROXY: '1' },
    { TRUST_PROXY: 'loopback, 10.0.0.0/8, fd00::/8, 192.168.1.1' },
    { MUSTER_ADMIN_EMAIL: 'admin@localhost' },
  ])('accepts %j', (variables) => {
    expect(linesFor(variables)).toEqual([]);
  });
});
