import pg from 'pg';
import { eventually } from '../support/eventually.js';
import { ADMIN, startNodes, type TestInstallation } from '../support/nodes.js';
import { createAgent, createTeam, loginAs, PASSWORD } from '../support/people.js';
import { problemOf } from '../support/problem.js';

describe('agents and teams on two nodes', () => {
  let installation: TestInstallation;

  beforeAll(async () => {
    installation = await startNodes(2);
  });

  afterAll(() => installation.stop());

  it('shows a new agent with every field, on the other node, at once', async () => {
    const admin = await installation.admin();
    const other = await installation.admin(installation.nodes[1]);
    const team = await createTeam(admin, ['inbox.read', 'inbox.reply'], { capacity: 7 });
    const created = await createAgent(admin, team, {
      name: 'Ana Souza',
      phone: '+55 11 91234-5678',
      hidePhone: true,
      notes: 'Speaks Portuguese',
    });
    const seen = await other.agents.get(created.id);
    expect(seen).toMatchObject({
      name: 'Ana Souza',
      phone: '+5511912345678',
      team: { id: team.id, name: team.name },
      status: 'active',
      hidePhone: true,
      notes: 'Speaks Portuguese',
      capacity: null,
      presence: { state: 'offline', availability: 'away', connected: false },
      load: { open: 0, capacity: 7, ratio: 0 },
      waiting: { count: 0, oldestAt: null },
      density: { m1: 0, h1: 0, inbound: { m1: 0 }, outbound: { h1: 0 } },
      version: 1,
    });
  });

  it('takes ids in whatever case for the same', async () => {
    const admin = await installation.admin();
    const team = await createTeam(admin, ['inbox.read']);
    const agent = await createAgent(admin, team);
    const same = await admin.agents.update(agent.id, { teamId: team.id.toUpperCase() });
    expect([same.version, same.receipt]).toEqual([agent.version, undefined]);
    expect(await problemOf(admin.teams.delete(team.id, team.id.toUpperCase()))).toMatchObject({ code: 'team_in_use' });
  });

  it('names what is wrong with each field', async () => {
    const admin = await installation.admin();
    const refused = await fetch(`${installation.node.url}/api/v1/agents`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${await admin.credentials.bearer()}`,
      },
      body: JSON.stringify({ name: ' ', email: 'ana', phone: '123', capacity: -1, surprise: true }),
    });
    expect(refused.status).toBe(422);
    expect(refused.headers.get('content-type')).toContain('application/problem+json');
    const problem = (await refused.json()) as { code: string; errors: { pointer: string; code: string }[] };
    expect(problem.code).toBe('validation_failed');
    expect(Object.fromEntries(problem.errors.map((error) => [error.pointer, error.code]))).toEqual({
      '/surprise': 'unknown_field',
      '/name': 'name_invalid',
      '/email': 'email_invalid',
      '/phone': 'phone_invalid',
      '/teamId': 'team_required',
      '/capacity': 'capacity_invalid',
    });
  });

  it('keeps e-mails unique whatever their case, and frees those of deleted agents', async () => {
    const admin = await installation.admin();
    const team = await createTeam(admin, ['inbox.read']);
    const agent = await createAgent(admin, team, { email: 'Unique@example.com' });
    expect(await problemOf(createAgent(admin, team, { email: 'uNIQUE@EXAMPLE.com' }))).toMatchObject({
      status: 409,
      code: 'email_taken',
    });
    await admin.agents.delete(agent.id);
    expect((await problemOf(admin.agents.get(agent.id))).status).toBe(404);
    await createAgent(admin, team, { email: 'unique@example.com' });
  });

  it('creates one of two agents with the same e-mail that come at once, and nothing of the other', async () => {
    const admin = await installation.admin();
    const other = await installation.admin(installation.nodes[1]);
    const team = await createTeam(admin, ['inbox.read']);
    const results = await Promise.allSettled(
      [admin, other, admin, other].map((api) => createAgent(api, team, { email: 'race@example.com' })),
    );
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
    expect((await admin.teams.get(team.id)).agents).toBe(1);
  });

  it('refuses a team that is not there', async () => {
    const admin = await installation.admin();
    const team = { ...(await createTeam(admin, ['inbox.read'])), id: '0190b8a0-0000-7000-8000-000000000000' };
    expect(await problemOf(createAgent(admin, team))).toMatchObject({
      status: 422,
      errors: [{ pointer: '/teamId', code: 'team_not_found' }],
    });
  });

  it('lets the next request on the other node obey the new team, and syncs', async () => {
    const admin = await installation.admin();
    const sales = await createTeam(admin, ['agents.read', 'teams.read']);
    const support = await createTeam(admin, ['teams.read', 'agents.presence']);
    const agent = await createAgent(admin, sales);
    const there = await loginAs(installation, agent, installation.nodes[1]);
    await there.agents.list();

    const moved = await admin.agents.update(agent.id, { teamId: support.id });
    expect(moved.team.id).toBe(support.id);

    expect(await problemOf(there.agents.list())).toMatchObject({ status: 403, permission: 'agents.read' });
    expect((await there.me()).permissions).toEqual(['agents.presence', 'teams.read']);
    const synced = await eventually(
      () => admin.agents.get(agent.id),
      (view) => view.sync.syncedVersion === view.sync.version,
    );
    expect(synced.sync.syncedAt).not.toBeNull();
  });

  it('lets a changed blueprint hold at once, and brings the team to its version', async () => {
    const admin = await installation.admin();
    const team = await createTeam(admin, ['teams.read']);
    const agents = await Promise.all([createAgent(admin, team), createAgent(admin, team), createAgent(admin, team)]);
    const there = await loginAs(installation, agents[0], installation.nodes[1]);
    expect((await problemOf(there.agents.list())).code).toBe('permission_missing');
    const changed = await admin.teams.update(team.id, { permissions: ['teams.read', 'agents.read'] });
    expect(changed.sync).toMatchObject({ version: 2, total: 3 });
    expect((await there.agents.list()).data.length).toBeGreaterThan(0);
    await eventually(
      () => admin.teams.get(team.id),
      (view) => view.sync.synced === 3,
    );
  });

  it('syncs an agent again when it is saved without a change', async () => {
    const admin = await installation.admin();
    const agent = await createAgent(admin, await createTeam(admin, ['inbox.read']));
    const isSynced = (view: typeof agent) => view.sync.syncedVersion === view.sync.version;
    const first = await eventually(() => admin.agents.get(agent.id), isSynced);
    const saved = await admin.agents.update(agent.id, {});
    expect(saved.version).toBe(first.version);
    const again = await eventually(
      () => admin.agents.get(agent.id),
      (view) => isSynced(view) && view.sync.syncedAt !== first.sync.syncedAt,
    );
    expect(Date.parse(again.sync.syncedAt ?? '')).toBeGreaterThan(Date.parse(first.sync.syncedAt ?? ''));
  });

  it('ends the access of a deactivated agent everywhere, and needs a new login after re-activation', async () => {
    const admin = await installation.admin();
    const agent = await createAgent(admin, await createTeam(admin, ['teams.read']));
    const there = await loginAs(installation, agent, installation.nodes[1]);
    await admin.agents.update(agent.id, { status: 'inactive' });
    expect(await problemOf(there.me())).toMatchObject({ status: 401, code: 'agent_inactive' });
    await admin.agents.update(agent.id, { status: 'active' });
    expect(await problemOf(there.me())).toMatchObject({ status: 401, code: 'session_revoked' });
    expect((await (await loginAs(installation, agent)).me()).permissions).toEqual(['teams.read']);
  });

  it('keeps the last administrator', async () => {
    const admin = await installation.admin();
    const me = await admin.me();
    for (const change of [{ status: 'inactive' as const }, { teamId: (await createTeam(admin, ['inbox.read'])).id }]) {
      expect(await problemOf(admin.agents.update(me.agent.id, change))).toMatchObject({
        status: 409,
        code: 'last_administrator',
      });
    }
    expect((await problemOf(admin.agents.delete(me.agent.id))).code).toBe('last_administrator');
    const { team } = me;
    expect((await problemOf(admin.teams.update(team.id, { permissions: ['agents.read'] }))).code).toBe(
      'last_administrator',
    );
    expect((await problemOf(admin.teams.update(team.id, { status: 'inactive' }))).code).toBe('last_administrator');
    expect((await admin.me()).permissions).toContain('agents.manage');
  });

  it('lets nobody edit their own rights or grant what they do not have', async () => {
    const admin = await installation.admin();
    const managers = await createTeam(admin, ['agents.manage', 'agents.read', 'teams.manage', 'teams.read']);
    const agent = await createAgent(admin, managers);
    const manager = await loginAs(installation, agent);
    expect((await problemOf(manager.agents.update(agent.id, { hidePhone: true }))).code).toBe('self_edit');
    expect((await problemOf(createTeam(manager, ['audit.read']))).code).toBe('beyond_own_rights');
    expect(
      (await problemOf(manager.teams.update(managers.id, { permissions: ['agents.manage', 'audit.read'] }))).code,
    ).toBe('beyond_own_rights');
    const { team } = await admin.me();
    expect((await problemOf(manager.agents.create(newcomer(team.id)))).code).toBe('beyond_own_rights');
  });

  it('lets nobody rise by moving a team, or take over who has more rights', async () => {
    const admin = await installation.admin();
    const { agent: boss, team: administrators } = await admin.me();
    const lowly = await createTeam(admin, ['teams.read', 'teams.manage', 'agents.read', 'agents.manage']);
    const climber = await loginAs(installation, await createAgent(admin, lowly));
    expect((await problemOf(climber.teams.delete(lowly.id, administrators.id))).code).toBe('beyond_own_rights');
    const peers = await createTeam(admin, ['teams.read']);
    expect((await problemOf(climber.teams.delete(lowly.id, peers.id))).code).toBe('self_edit');
    expect((await climber.me()).team.id).toBe(lowly.id);
    for (const change of [{ password: 'a-password-of-mine' }, { email: 'mine@example.com' }]) {
      expect((await problemOf(climber.agents.update(boss.id, change))).code).toBe('beyond_own_rights');
    }
  });

  it('ends sessions and invitations when a password is set, and says so in the log', async () => {
    const admin = await installation.admin();
    const team = await createTeam(admin, ['teams.read']);
    const invited = await admin.agents.create({
      name: 'New',
      email: 'pw@example.com',
      phone: '+5511912345678',
      teamId: team.id,
    });
    await admin.agents.update(invited.id, { password: PASSWORD });
    const api = installation.client(installation.nodes[1]);
    await api.auth.login({ email: 'pw@example.com', password: PASSWORD });
    const late = api.auth.acceptInvitation({ token: invited.invitation!.token!, password: 'another-password' });
    expect((await problemOf(late)).code).toBe('invitation_invalid');
    await admin.agents.update(invited.id, { password: 'a-second-password' });
    expect((await problemOf(api.me())).code).toBe('session_revoked');
    const { rows } = await query('select action from audit_entry where target_id = $1 order by id', [invited.id]);
    expect(rows.map((row) => row.action)).toEqual(['agent.created', 'agent.password_set', 'agent.password_set']);
  });

  it('moves the members of a deleted team as it moves any agent', async () => {
    const admin = await installation.admin();
    const [from, to] = [
      await createTeam(admin, ['teams.read', 'agents.read']),
      await createTeam(admin, ['teams.read']),
    ];
    const agent = await createAgent(admin, from);
    const there = await loginAs(installation, agent, installation.nodes[1]);
    await admin.teams.delete(from.id, to.id);
    expect((await there.me()).permissions).toEqual(['teams.read']);
    const { rows } = await query('select action from audit_entry where target_id = $1 order by id', [agent.id]);
    expect(rows.map((row) => row.action)).toEqual(['agent.created', 'agent.moved']);
  });

  it('honours If-Match', async () => {
    const admin = await installation.admin();
    const agent = await createAgent(admin, await createTeam(admin, ['inbox.read']));
    const url = `${installation.node.url}/api/v1/agents/${agent.id}`;
    const authorization = `Bearer ${await admin.credentials.bearer()}`;
    const read = await fetch(url, { headers: { authorization } });
    const patch = (ifMatch: string, name: string) =>
      fetch(url, {
        method: 'PATCH',
        headers: { authorization, 'content-type': 'application/json', 'if-match': ifMatch },
        body: JSON.stringify({ name }),
      });
    const tag = read.headers.get('etag') ?? '';
    expect((await patch(tag, 'First')).headers.get('etag')).toBe('"2"');
    const late = await patch(tag, 'Second');
    expect(late.status).toBe(412);
    expect(await late.json()).toMatchObject({ code: 'stale_version', version: 2 });
    expect((await admin.agents.get(agent.id)).name).toBe('First');
  });

  it('pages, searches, filters and sorts without repeating or skipping', async () => {
    const admin = await installation.admin();
    const team = await createTeam(admin, ['inbox.read']);
    const names = ['Bea', 'ana', 'Cem', 'ana', 'dov', '50%_off'];
    await Promise.all(names.map((name) => createAgent(admin, team, { name })));
    const seen: string[] = [];
    for (let cursor: string | undefined, more = true; more;) {
      const { data, page } = await admin.agents.list({ teamId: team.id, limit: 2, sort: '-name', cursor });
      seen.push(...data.map((agent) => agent.name));
      cursor = page.next ?? undefined;
      more = page.hasMore;
    }
    expect(seen).toEqual(['dov', 'Cem', 'Bea', 'ana', 'ana', '50%_off']);
    expect((await admin.agents.list({ teamId: team.id, q: 'AN' })).data).toHaveLength(2);
    expect((await admin.agents.list({ teamId: team.id, q: '%_' })).data.map((agent) => agent.name)).toEqual([
      '50%_off',
    ]);
    expect((await admin.agents.list({ teamId: team.id, status: 'inactive' })).data).toEqual([]);
    expect((await problemOf(admin.agents.list({ sort: 'phone' }))).errors[0]?.code).toBe('sort_unknown');
    expect((await problemOf(admin.agents.list({ cursor: 'abc' }))).code).toBe('invalid_cursor');
  });

  it('deletes a team only when its agents have somewhere to go', async () => {
    const admin = await installation.admin();
    const [from, to] = [await createTeam(admin, ['inbox.read']), await createTeam(admin, ['inbox.reply'])];
    const agent = await createAgent(admin, from);
    expect((await problemOf(admin.teams.delete(from.id))).code).toBe('team_in_use');
    await admin.teams.delete(from.id, to.id);
    expect((await problemOf(admin.teams.get(from.id))).status).toBe(404);
    expect((await admin.agents.get(agent.id)).team.id).toBe(to.id);
    await admin.teams.create({ name: from.name.toUpperCase(), permissions: [] });
  });

  it('writes each change and its audit entry in one transaction', async () => {
    const admin = await installation.admin();
    const agent = await createAgent(admin, await createTeam(admin, ['inbox.read']));
    await admin.agents.update(agent.id, { notes: 'Prefers mornings', status: 'inactive' });
    const { rows } = await query(
      'select action, actor_kind, before, after, request_id from audit_entry where target_id = $1 order by id',
      [agent.id],
    );
    expect(rows.map((row) => row.action)).toEqual(['agent.created', 'agent.deactivated']);
    expect(rows[1]).toMatchObject({
      actor_kind: 'agent',
      before: { notes: null, status: 'active' },
      after: { notes: 'Prefers mornings', status: 'inactive' },
    });
    expect(rows[1].request_id).toMatch(/^[\w-]{8,}$/);
  });

  async function query(text: string, values: unknown[]) {
    const client = new pg.Client({ connectionString: installation.databaseUrl });
    await client.connect();
    try {
      return await client.query(text, values);
    } finally {
      await client.end();
    }
  }

  function newcomer(teamId: string) {
    return { name: 'New', email: `new-${ADMIN.email}`, phone: '+5511912345678', teamId };
  }
});
