import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { ConfigurationError } from './environment.js';
import { readEnvironment, type Source } from './read-environment.js';
import { ALL_VARIABLES } from './variables.js';

const SECRET = 'a-secret-that-is-long-enough-for-tests';
const COMPLETE = {
  DATABASE_URL: 'postgres://muster:secret@localhost:5432/muster',
  REDIS_URL: 'redis://localhost:6379',
  MUSTER_JWT_SECRET: SECRET,
  MUSTER_PHONE_KEY: Buffer.alloc(32, 7).toString('base64'),
};

function linesFor(source: Source): string[] {
  try {
    readEnvironment(source);
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.lines;
    throw error;
  }
}

function warningsFor(source: Source): string[] {
  const warnings: string[] = [];
  readEnvironment({ ...COMPLETE, ...source }, (line) => warnings.push(line));
  return warnings;
}

describe('reading the environment', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'muster-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const file = (content: string) => {
    const path = join(folder, `secret-${Math.random()}`);
    writeFileSync(path, content);
    return path;
  };

  describe('secrets in files', () => {
    const secrets = ALL_VARIABLES.filter((variable) => variable.secret).map(({ name }) => name);
    const values: Source = {
      ...COMPLETE,
      MUSTER_ADMIN_PASSWORD: 'correct-horse-battery',
      MUSTER_JWT_SECRETS_OLD: `${SECRET}-1 ${SECRET}-2`,
      MUSTER_SMTP_URL: 'smtps://user:secret@mail.example.com:465',
      MUSTER_WHATSAPP_APP_SECRET: 'app-secret',
      MUSTER_WHATSAPP_VERIFY_TOKEN: 'verify-token',
    };

    it.each(secrets)('reads %s from the file that its twin names, without the line break at its end', (name) => {
      const environment = readEnvironment({
        ...values,
        [name]: undefined,
        [`${name}_FILE`]: file(`${values[name]}\n`),
      });
      expect(environment).toMatchObject({ [name]: values[name] });
    });

    it('prefers the value that is given directly', () => {
      const other = file('another-secret-that-is-long-enough-too');
      const { MUSTER_JWT_SECRET } = readEnvironment({ ...COMPLETE, MUSTER_JWT_SECRET_FILE: other });
      expect(MUSTER_JWT_SECRET).toBe(SECRET);
    });

    it('names the twin, never its value, when there is no such file', () => {
      const source = { ...COMPLETE, MUSTER_JWT_SECRET: undefined, MUSTER_JWT_SECRET_FILE: join(folder, 'nowhere') };
      expect(linesFor(source)).toEqual([
        'MUSTER_JWT_SECRET_FILE has a wrong value: expected the path of a readable file',
      ]);
    });

    it('refuses an empty file', () => {
      const source = { ...COMPLETE, REDIS_URL: undefined, REDIS_URL_FILE: file(' \n') };
      expect(linesFor(source)).toEqual([
        'REDIS_URL_FILE has a wrong value: expected the path of a file that is not empty',
      ]);
    });

    it('says that the file holds the wrong value, and what else is wrong', () => {
      const source = { ...COMPLETE, MUSTER_JWT_SECRET: '', MUSTER_JWT_SECRET_FILE: file('too-short'), PORT: 'x' };
      const lines = linesFor(source);
      expect(lines).toHaveLength(2);
      expect(lines).toContainEqual(
        expect.stringMatching(/^the file of MUSTER_JWT_SECRET_FILE has a wrong value: expected at least 32/),
      );
      expect(lines.join()).not.toContain('too-short');
    });
  });

  describe('unknown variables', () => {
    it.each([
      ['MUSTER_TICKS_MS', 'MUSTER_TICK_MS'],
      ['MUSTER_JWT_SECRETS', 'MUSTER_JWT_SECRET'],
      ['MUSTER_PHONE_KEY_FILES', 'MUSTER_PHONE_KEY_FILE'],
      ['MUSTER_DEMO_FILE', 'MUSTER_DEMO'],
    ])('warns of %s and asks whether %s was meant', (name, nearest) => {
      expect(warningsFor({ [name]: 'x' })).toEqual([`${name} is unknown and ignored; did you mean ${nearest}?`]);
    });

    it('warns of nothing that it knows, nor of what is not its own', () => {
      expect(warningsFor({ MUSTER_DEMO: 'off', MUSTER_REDIS_PREFIX: 'x', MUSTER_URL: 'http://x', HOME: '/' })).toEqual(
        [],
      );
    });

    it('never tells their values', () => {
      const name = fc.stringMatching(/^MUSTER_[A-Z_]{3,12}$/);
      fc.assert(
        fc.property(name, fc.stringMatching(/^[a-z0-9]{12}$/), (unknown, value) => {
          fc.pre(!ALL_VARIABLES.some((variable) => unknown.startsWith(variable.name)));
          expect(warningsFor({ [unknown]: value }).join()).not.toContain(value);
        }),
        { numRuns: 50 },
      );
    });
  });

  it('names what is missing when nothing is set', () => {
    const missing = linesFor({}).map((line) => line.replace(/ is not set: expected .+/, ''));
    expect(missing.toSorted()).toEqual(Object.keys(COMPLETE).toSorted());
  });
});
