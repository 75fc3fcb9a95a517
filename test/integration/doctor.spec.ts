/** `muster doctor` against real services, healthy and not. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { diagnose } from '../../src/cli/doctor/doctor.js';
import type { Finding } from '../../src/cli/doctor/finding.js';
import type { Source } from '../../src/platform/config/read-environment.js';
import { DataDir } from '../../src/platform/embedded/data-dir.js';
import { publishRunning, withdrawRunning } from '../../src/platform/embedded/running.js';
import { connectRedis } from '../../src/platform/redis/redis-connections.js';
import { createDatabase } from '../support/database.js';
import { startNodes } from '../support/nodes.js';
import { type PrivateServices, startServicesIn, testServices } from '../support/services.js';

const SECRETS = {
  MUSTER_JWT_SECRET: 'a-secret-that-only-the-tests-know-of',
  MUSTER_PHONE_KEY: Buffer.alloc(32, 7).toString('base64'),
};

const find = (findings: Finding[], check: string) => findings.find((finding) => finding.check === check);
const failures = (findings: Finding[]) => findings.filter(({ outcome }) => outcome === 'failed');

describe('muster doctor', () => {
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let given: Source;

  beforeAll(async () => {
    database = await createDatabase();
    given = { ...SECRETS, DATABASE_URL: database.url, REDIS_URL: testServices().redisUrl, PORT: '0' };
  });
  afterAll(() => database.drop());

  it('finds nothing wrong with good services', async () => {
    const findings = await diagnose(given);
    expect(failures(findings)).toEqual([]);
    expect(find(findings, 'PostgreSQL')?.detail).toMatch(/^\d+(\.\d+)* .*at 127\.0\.0\.1:\d+\/muster_test_/);
    expect(find(findings, 'Migrations')).toMatchObject({
      outcome: 'ok',
      detail: expect.stringMatching(/^all \d+ applied/),
    });
    expect(find(findings, 'Clock')).toMatchObject({ outcome: 'ok', detail: expect.stringMatching(/by \d+ ms$/) });
    expect(find(findings, 'Redis memory')).toMatchObject({ outcome: 'ok' });
    expect(find(findings, 'Redis durability')).toMatchObject({ outcome: 'ok' });
    expect(find(findings, 'Disk space')).toMatchObject({ outcome: 'ok' });
    expect(find(findings, 'Embedded services')).toMatchObject({ outcome: 'skipped' });
  });

  it('names each wrong setting, and looks at the rest all the same', async () => {
    const findings = await diagnose({ ...given, MUSTER_JWT_SECRET: 'too-short', LOG_LEVEL: 'loud', MUSTER_TICKS: '1' });
    const configuration = findings.filter(({ check }) => check === 'Configuration');
    expect(configuration.map(({ outcome, detail }) => `${outcome} ${detail.split(' ')[0]}`).toSorted()).toEqual([
      'failed LOG_LEVEL',
      'failed MUSTER_JWT_SECRET',
      'skipped MUSTER_TICKS',
    ]);
    expect(JSON.stringify(findings)).not.toMatch(/too-short|loud/);
    expect(find(findings, 'Migrations')).toMatchObject({ outcome: 'ok' });
  });

  it('says which of the two is missing when only one is given', async () => {
    const findings = await diagnose({ ...given, REDIS_URL: '' });
    expect(failures(findings)).toEqual([
      expect.objectContaining({ check: 'Configuration', detail: expect.stringMatching(/^REDIS_URL is not set/) }),
    ]);
    expect(find(findings, 'Redis')).toMatchObject({ outcome: 'skipped' });
  });

  it.each([
    ['a wrong password', (url: URL) => (url.password = 'qz-wrong'), '28P01'],
    ['an unknown database', (url: URL) => (url.pathname = '/nowhere'), '3D000'],
    ['a port that nobody listens on', (url: URL) => (url.port = '9'), 'ECONNREFUSED'],
  ])('tells %s from the others, and never the password', async (_, change, code) => {
    const url = new URL(database.url);
    const password = url.password;
    change(url);
    const findings = await diagnose({ ...given, DATABASE_URL: url.href });
    expect(failures(findings)).toEqual([
      expect.objectContaining({
        check: 'PostgreSQL',
        detail: expect.stringContaining(`(${code})`),
        advice: expect.stringMatching(/.{20,}/),
      }),
    ]);
    expect(JSON.stringify(findings)).not.toContain(password);
    expect(JSON.stringify(findings)).not.toContain('qz-wrong');
  });

  it('tells migrations that are pending from those of a newer Muster', async () => {
    const empty = await createDatabase();
    const client = new pg.Client({ connectionString: empty.url });
    await client.connect();
    try {
      await client.query(`insert into schema_migration (name) values ('Migration2099')`);
      expect(find(await diagnose({ ...given, DATABASE_URL: empty.url }), 'Migrations')).toMatchObject({
        outcome: 'failed',
        detail: expect.stringContaining('newer'),
      });
      await client.query('drop table schema_migration');
      expect(find(await diagnose({ ...given, DATABASE_URL: empty.url }), 'Migrations')).toMatchObject({
        outcome: 'ok',
        detail: expect.stringContaining('pending'),
      });
    } finally {
      await client.end();
      await empty.drop();
    }
  });

  describe('with services of its own', () => {
    let folder: string;
    let own: PrivateServices;
    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'muster-'));
      own = await startServicesIn(folder);
    });
    afterAll(async () => {
      await own.stop();
      rmSync(folder, { recursive: true });
    });

    it('finds a Redis that evicts or keeps no file, and one that is gone', async () => {
      const redis = connectRedis(own.redisUrl, {});
      await redis.config('SET', 'maxmemory-policy', 'allkeys-lru');
      await redis.config('SET', 'appendonly', 'no');
      redis.disconnect();
      const findings = await diagnose({ ...given, REDIS_URL: own.redisUrl });
      expect(failures(findings).map(({ check }) => check)).toEqual(['Redis memory']);
      expect(find(findings, 'Redis durability')).toMatchObject({ outcome: 'skipped', advice: expect.any(String) });
      const gone = await diagnose({ ...given, REDIS_URL: `${own.redisUrl}.gone` });
      expect(find(gone, 'Redis')).toMatchObject({ outcome: 'failed', detail: expect.stringContaining('(ENOENT)') });
    });

    it('finds the embedded ones that run on the data folder, with nothing configured', async () => {
      const dir = DataDir.at(folder);
      publishRunning(dir, { DATABASE_URL: own.databaseUrl, REDIS_URL: own.redisUrl });
      const findings = await diagnose({ MUSTER_DATA_DIR: folder, PORT: '0', PATH: process.env.PATH });
      withdrawRunning(dir);
      expect(find(findings, 'Embedded services')).toMatchObject({ outcome: 'ok' });
      expect(find(findings, 'PostgreSQL')).toMatchObject({ outcome: 'ok' });
      expect(find(findings, 'Configuration')).toMatchObject({ outcome: 'ok' });
    });
  });

  it('is content with nothing configured and nothing running', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'muster-'));
    const findings = await diagnose({ MUSTER_DATA_DIR: join(folder, 'data'), PORT: '0', PATH: process.env.PATH });
    rmSync(folder, { recursive: true });
    expect(failures(findings)).toEqual([]);
    expect(find(findings, 'Data folder')?.detail).toMatch(/will be made/);
    for (const check of ['Embedded services', 'PostgreSQL', 'Redis'])
      expect(find(findings, check)).toMatchObject({ outcome: 'skipped' });
  });

  it('tells a port that Muster serves from one that another process has', async () => {
    const installation = await startNodes();
    const other = await listen(createServer((_, answer) => answer.end('hello')));
    const at = async (port: number) =>
      find(await diagnose({ ...given, HOST: '127.0.0.1', PORT: String(port) }), 'Port');
    expect(await at(Number(new URL(installation.node.url).port))).toMatchObject({
      outcome: 'ok',
      detail: expect.stringContaining('Muster answers'),
    });
    expect(await at((other.address() as AddressInfo).port)).toMatchObject({
      outcome: 'failed',
      detail: expect.stringContaining('something else'),
    });
    other.close();
    await installation.stop();
  });

  describe('as a command', () => {
    const run = async (args: string[], env: Source) => {
      const command = [join('dist', 'src', 'cli', 'main.js'), 'doctor', ...args];
      const done = promisify(execFile)(process.execPath, command, { env: { PATH: process.env.PATH, ...env } });
      return done.then(
        ({ stdout }) => ({ code: 0, stdout }),
        (error: { code: number; stdout: string }) => ({ code: error.code, stdout: error.stdout }),
      );
    };

    it('shows a line for each check and ends with 0 when all is fine', async () => {
      const { code, stdout } = await run([], given);
      expect(stdout).toMatch(/^✔ Node +\d/);
      expect(stdout).toMatch(/\n– Data folder /);
      expect(stdout).toMatch(/All is fine\.\n$/);
      expect(code).toBe(0);
    });

    it('ends with 1 otherwise, says what to do, and the same as JSON', async () => {
      const broken = { ...given, DATABASE_URL: 'postgres://muster:secret@127.0.0.1:9/muster' };
      const text = await run([], broken);
      expect(text.code).toBe(1);
      expect(text.stdout).toMatch(/\n✖ PostgreSQL .+\n +→ Is it running/);
      const json = await run(['--json'], broken);
      expect(json.code).toBe(1);
      expect(JSON.parse(json.stdout)).toMatchObject({
        ok: false,
        findings: expect.arrayContaining([expect.objectContaining({ check: 'PostgreSQL', outcome: 'failed' })]),
      });
    });
  });
});

function listen(server: Server): Promise<Server> {
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}
