import { sayAvailable } from '../support/availability.js';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import type { MusterApi } from '#client';
import type { Diagnosis, DiagnosisCheckName, TeamView } from '#contracts';
import { PlainSocket } from '../support/live.js';
import { startNodes, type TestInstallation } from '../support/nodes.js';
import { createAgent, createTeam, loginAs, PASSWORD } from '../support/people.js';
import { problemOf } from '../support/problem.js';

describe('a diagnosis', () => {
  let installation: TestInstallation;
  let admin: MusterApi;
  let team: TeamView;

  beforeAll(async () => {
    installation = await startNodes(1, { MUSTER_LOGIN_FAILURES: '3' });
    admin = await installation.admin();
    team = await createTeam(admin, ['inbox.read', 'inbox.reply', 'dashboard.view']);
  });

  afterAll(() => installation.stop());

  const check = (diagnosis: Diagnosis, name: DiagnosisCheckName) =>
    diagnosis.checks.find((each) => each.check === name) ?? { ok: null, detail: '', remedy: null };
  const wrong = (diagnosis: Diagnosis) => diagnosis.checks.filter(({ ok }) => !ok).map((each) => each.check);
  const logsIn = (email: string) =>
    installation
      .client()
      .auth.login({ email, password: PASSWORD })
      .then(
        () => true,
        () => false,
      );

  it('finds nothing wrong with who can log in, and says what keeps work away', async () => {
    const agent = await createAgent(admin, team);
    const away = await admin.access.diagnosis(agent.email.toUpperCase());
    expect(away).toMatchObject({
      found: true,
      canLogin: true,
      assignable: false,
      agent: { id: agent.id, team: { id: team.id } },
    });
    expect(wrong(away).filter((name) => name !== 'sync')).toEqual(['assignable']);
    expect(check(away, 'assignable')).toMatchObject({ detail: expect.stringContaining('offline') });

    const api = await loginAs(installation, agent);
    const socket = await PlainSocket.connect(`${installation.node.url}/inbox`, (await api.credentials.bearer()) ?? '');
    await sayAvailable(api, agent);
    const here = await admin.access.diagnosis(agent.email);
    expect(here).toMatchObject({ canLogin: true, assignable: true });
    expect(check(here, 'sessions').detail).toMatch(/^One session is open; the last login was on 20/);
    socket.close();
  });

  it('agrees with the login: inactive, inactive team, no password', async () => {
    const closed = await createTeam(admin, ['inbox.read'], { status: 'inactive' });
    const cases = [
      { agent: await createAgent(admin, team, { status: 'inactive' }), check: 'agent_status' as const },
      { agent: await createAgent(admin, closed), check: 'team_status' as const },
      { agent: await createAgent(admin, team, { password: undefined }), check: 'password' as const },
    ];
    for (const { agent, check: name } of cases) {
      const diagnosis = await admin.access.diagnosis(agent.email);
      expect([name, diagnosis.canLogin, await logsIn(agent.email)]).toEqual([name, false, false]);
      expect(wrong(diagnosis)).toContain(name);
      expect(check(diagnosis, name).remedy).toEqual(expect.any(String));
    }
    expect(check(await admin.access.diagnosis(cases[2]?.agent.email ?? ''), 'password').detail).toContain(
      'invitation is open',
    );
    installation.clock.advance(8 * 24 * 3600 * 1000);
    expect(check(await admin.access.diagnosis(cases[2]?.agent.email ?? ''), 'password').detail).toContain(
      'invitation ended',
    );
    admin = await installation.admin();
  });

  it('says that failed logins lock the account', async () => {
    const agent = await createAgent(admin, team);
    for (let tries = 0; tries < 3; tries++) {
      await problemOf(installation.client().auth.login({ email: agent.email, password: 'not the password' }));
    }
    expect(await logsIn(agent.email)).toBe(false);
    const diagnosis = await admin.access.diagnosis(agent.email);
    expect(diagnosis.canLogin).toBe(false);
    expect(check(diagnosis, 'lock_out')).toMatchObject({ ok: false, remedy: expect.stringContaining('Wait') });
  });

  it('names the permissions and the capacity that are missing, and how to force a sync', async () => {
    const bare = await createTeam(admin, ['agents.read'], { capacity: 0 });
    const agent = await createAgent(admin, bare);
    const diagnosis = await admin.access.diagnosis(agent.email);
    expect(wrong(diagnosis)).toEqual(expect.arrayContaining(['inbox', 'dashboard', 'assignable']));
    expect(check(diagnosis, 'inbox').remedy).toContain('inbox.read');
    expect(check(diagnosis, 'assignable').detail).toContain('no_reply_permission, offline, at_capacity');
    expect(JSON.stringify(check(diagnosis, 'sync'))).toMatch(/without a change/);
  });

  it('finds whom is meant, where the e-mail is almost right', async () => {
    const name = `ana.${randomUUID().slice(0, 8)}`;
    const agent = await createAgent(admin, team, { email: `${name}+work@example.com` });
    const near = async (email: string) => {
      const { found, similar, checks } = await admin.access.diagnosis(email);
      expect(checks[0]?.remedy).toContain(similar[0]?.email ?? 'POST');
      return [found, similar.map(({ id, difference }) => [id === agent.id, difference])];
    };
    expect(await near(`${name}@example.com`)).toEqual([false, [[true, 'tag']]]);
    expect(await near(`${name}+home@example.com`)).toEqual([false, [[true, 'tag']]]);
    expect(await near(`${name}+work@example.com.`)).toEqual([false, [[true, 'spelling']]]);
    expect(await near(`Ana <${name}+Work@example.com>`)).toEqual([false, [[true, 'spelling']]]);
    expect(await near(`${name} +work@example.com`)).toEqual([false, [[true, 'spelling']]]);
    for (const typo of ['exmaple.com', 'example.co', 'exsample.com', 'exanple.com']) {
      expect(await near(`${name}+work@${typo}`)).toEqual([false, [[true, 'one_character']]]);
    }
    expect(await near(`${randomUUID()}@nowhere.example`)).toEqual([false, []]);
    expect((await admin.access.diagnosis(`  ${agent.email}  `)).found).toBe(true);
  });

  it('knows who was deleted, and nothing of other workspaces', async () => {
    const agent = await createAgent(admin, team);
    await admin.agents.delete(agent.id);
    const deleted = await admin.access.diagnosis(agent.email);
    expect(deleted).toMatchObject({ found: false, agent: null, canLogin: false });
    expect(deleted.checks).toMatchObject([
      { check: 'email', ok: false, detail: expect.stringContaining('was deleted') },
    ]);

    const foreign = `${randomUUID()}@example.com`;
    const pool = new pg.Pool({ connectionString: installation.databaseUrl, max: 1 });
    await pool.query(
      `with w as (insert into workspace (id, slug, name, created_at) values (gen_random_uuid(), 'other', 'Other', now()) returning id),
         t as (insert into team (id, workspace_id, name, status, permissions, capacity, created_at, updated_at)
               select gen_random_uuid(), id, 'Team', 'active', '{}', 5, now(), now() from w returning id, workspace_id)
       insert into agent (id, workspace_id, team_id, name, email, phone, status, created_at, updated_at)
       select gen_random_uuid(), workspace_id, id, 'Theirs', $1, '+5511912345678', 'active', now(), now() from t`,
      [foreign],
    );
    await pool.end();
    for (const email of [foreign, `x${foreign}`, `${foreign}.`]) {
      const unknown = await admin.access.diagnosis(email);
      expect(unknown).toMatchObject({ found: false, similar: [] });
      expect(JSON.stringify(unknown)).not.toContain('Theirs');
    }
  });

  it('is for those who read or manage agents', async () => {
    const agent = await createAgent(admin, team);
    const api = await loginAs(installation, agent);
    expect((await problemOf(api.access.diagnosis(agent.email))).status).toBe(403);
    expect((await problemOf(admin.access.diagnosis(''))).errors).toMatchObject([{ code: 'email_required' }]);
  });
});
