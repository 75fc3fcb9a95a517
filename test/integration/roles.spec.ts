/** The roles with which nodes work, on a server of its own: where they can be made, and where they can't. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { verifyChains } from '../../src/cli/audit/verify.js';
import { diagnose } from '../../src/cli/doctor/doctor.js';
import { connectingAs } from '../../src/platform/database/roles.js';
import { Database } from '../../src/platform/database/database.js';
import { schema } from '../../src/schema.js';
import { insertBareWorkspace, insertEntries } from '../support/audit-rows.js';
import { type PrivateServices, startServicesIn } from '../support/services.js';

describe("the nodes' roles", () => {
  let folder: string;
  let services: PrivateServices;
  let superuser: pg.Client;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'muster-'));
    services = await startServicesIn(folder);
    superuser = new pg.Client({ connectionString: superuserUrl() });
    await superuser.connect();
  });

  afterAll(async () => {
    await superuser.end();
    await services.stop();
    rmSync(folder, { recursive: true });
  });

  function superuserUrl(): string {
    const url = new URL(services.databaseUrl);
    url.username = 'postgres';
    url.password = readFileSync(join(folder, 'secrets', 'postgres-superuser'), 'utf8').trim();
    return url.href;
  }

  async function openAndAsk(url: string): Promise<{ roles: unknown; advice: string | null; refusal: string }> {
    const database = await Database.open({ url, ...schema });
    const { rows } = await database.pool.query('select current_user::text as works, session_user::text as logged_in');
    const workspace = await insertBareWorkspace(database.pool);
    await insertEntries(database.pool, workspace.id, 1);
    const refusal = await database.pool.query('delete from audit_entry').then(
      () => 'none',
      (error: Error) => error.message,
    );
    const advice = database.roleAdvice;
    await database.close();
    return { roles: rows[0], advice, refusal };
  }

  async function findRole(url: string) {
    const findings = await diagnose({
      DATABASE_URL: url,
      REDIS_URL: services.redisUrl,
      MUSTER_JWT_SECRET: 'a-secret-that-only-the-tests-know-of',
      MUSTER_PHONE_KEY: Buffer.alloc(32, 7).toString('base64'),
      PORT: '0',
    });
    return findings.find(({ check }) => check === 'Database role');
  }

  it('is there with the embedded PostgreSQL', async () => {
    expect(await openAndAsk(services.databaseUrl)).toEqual({
      roles: { works: 'muster_system', logged_in: 'muster' },
      advice: null,
      refusal: expect.stringContaining('permission denied'),
    });
    expect(await findRole(services.databaseUrl)).toMatchObject({ outcome: 'ok' });
  });

  it('is missed by a user who may not make it, who is told what to run; nodes work, and the log is still guarded', async () => {
    await superuser.query('drop owned by muster_app, muster_system; drop role muster_app, muster_system');
    const { roles, advice, refusal } = await openAndAsk(services.databaseUrl);
    expect(roles).toEqual({ works: 'muster', logged_in: 'muster' });
    expect(refusal).toContain('append-only');
    expect(await findRole(services.databaseUrl)).toMatchObject({
      outcome: 'failed',
      advice: expect.stringContaining(advice ?? 'there is advice'),
    });
    await superuser.query(advice ?? '');
    expect(await openAndAsk(services.databaseUrl)).toMatchObject({ roles: { works: 'muster_system' }, advice: null });
  });

  it('a user who may see no row is not told that the log is whole', async () => {
    await superuser.query(
      `create role auditor login password 'auditor'; grant select on all tables in schema public to auditor`,
    );
    const url = new URL(services.databaseUrl);
    [url.username, url.password] = ['auditor', 'auditor'];
    const auditor = new pg.Client({ connectionString: url.href });
    await auditor.connect();
    await expect(verifyChains(auditor, {})).rejects.toThrow('may not see the audit log');
    await auditor.query('rollback');
    await superuser.query('grant muster_system to auditor');
    expect((await verifyChains(auditor, {})).length).toBeGreaterThan(0);
    await auditor.end();
  });

  it('is made by a user who may, and by a superuser, who works without those rights then', async () => {
    await superuser.query(
      'drop owned by muster_app, muster_system; drop role muster_app, muster_system; alter role muster createrole',
    );
    expect(await findRole(services.databaseUrl)).toMatchObject({
      outcome: 'ok',
      detail: expect.stringMatching(/next/),
    });
    expect(await openAndAsk(services.databaseUrl)).toMatchObject({ roles: { works: 'muster_system' }, advice: null });
    await superuser.query('drop owned by muster_app, muster_system; drop role muster_app, muster_system');
    await superuser.query('create database alone');
    const alone = superuserUrl().replace(/\/muster$/, '/alone');
    expect(await openAndAsk(alone)).toMatchObject({
      roles: { works: 'muster_system', logged_in: 'postgres' },
      refusal: expect.stringContaining('permission denied'),
    });
  });

  it('loses a right to edit the log that somebody gave it', async () => {
    await superuser.query('grant muster_app, muster_system to muster');
    await openAndAsk(services.databaseUrl);
    const owner = new pg.Client({ connectionString: services.databaseUrl });
    await owner.connect();
    await owner.query('grant all on audit_entry, audit_head to muster_app, muster_system');
    await owner.end();
    expect(await openAndAsk(services.databaseUrl)).toMatchObject({
      roles: { works: 'muster_system' },
      refusal: expect.stringContaining('permission denied'),
    });
  });

  it.each([
    ['postgres://u:p%40@h:5432/d', '-c role=muster_app'],
    ['postgres://u@h/d?sslmode=disable', '-c role=muster_app'],
    ['postgres://u@h/d?options=-c%20search_path%3Dx&ssl=0', '-c search_path=x -c role=muster_app'],
  ])('is asked for beside the options of %s', (url, options) => {
    // Of two, the driver takes the last.
    expect(new URL(connectingAs('muster_app', url)).searchParams.getAll('options').at(-1)).toBe(options);
  });
});
