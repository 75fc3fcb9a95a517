import { randomUUID } from 'node:crypto';
import pg from 'pg';
import type { MusterApi } from '#client';
import type { AgentView, Permission, TeamView } from '#contracts';
import { startNodes, type TestInstallation } from '../support/nodes.js';
import { createAgent, createTeam, loginAs, PASSWORD } from '../support/people.js';
import { problemOf } from '../support/problem.js';
import { Sockets } from '../support/sockets.js';

describe('a dry run', () => {
  let installation: TestInstallation;
  let admin: MusterApi;
  let database: pg.Client;
  const sockets = new Sockets();

  beforeAll(async () => {
    installation = await startNodes(2);
    admin = await installation.admin();
    database = new pg.Client({ connectionString: installation.databaseUrl });
    await database.connect();
  });

  afterEach(() => sockets.disconnect());
  afterAll(async () => {
    await database.end();
    await installation.stop();
  });

  it('of a deactivation says what is lost, and what is open on all nodes', async () => {
    const { agent } = await connected(['inbox.read', 'inbox.reply']);
    const conversation = await admin.conversations.create({ contact: { phone: '+5511911112222' } });
    await admin.conversations.assign(conversation.id, { agentId: agent.id });
    const { effect } = await silently(() => admin.agents.rehearse.update(agent.id, { status: 'inactive' }));
    expect(effect).toEqual({
      gained: [],
      lost: ['inbox.read', 'inbox.reply'],
      agents: 1,
      sockets: 2,
      nodes: { asked: 2, answered: 2 },
      conversations: 1,
    });
    expect((await admin.agents.rehearse.delete(agent.id)).effect).toEqual(effect);
    expect((await admin.agents.get(agent.id)).status).toBe('active');
  });

  it('of a move says what is gained and lost, and what of it was wrong', async () => {
    const { agent } = await connected(['inbox.read', 'dashboard.view']);
    const other = await createTeam(admin, ['inbox.read', 'reports.view']);
    const { effect } = await silently(() => admin.agents.rehearse.update(agent.id, { teamId: other.id }));
    expect(effect).toMatchObject({ gained: ['reports.view'], lost: ['dashboard.view'], agents: 1, sockets: 2 });
    const { receipt, version } = await admin.agents.update(agent.id, { teamId: other.id });
    expect(receipt?.cause).toBe('agent_moved');
    const stale = await admin.agents.rehearse.update(agent.id, { name: 'N' }, { ifMatch: version - 1 });
    expect(stale.effect).toMatchObject({ agents: 0, refused: { code: 'stale_version', version } });
    expect(await problemOf(admin.agents.rehearse.update(agent.id, { teamId: randomUUID() }))).toMatchObject({
      status: 422,
      errors: [{ code: 'team_not_found' }],
    });
    expect((await problemOf(admin.agents.rehearse.update(randomUUID(), {}))).status).toBe(404);
  });

  it('tells Hide Phone, a new name and a new password apart', async () => {
    const { agent, api } = await connected(['inbox.read']);
    const effectOf = async (change: Parameters<typeof admin.agents.update>[1]) =>
      (await silently(() => admin.agents.rehearse.update(agent.id, change))).effect;
    expect(await effectOf({ hidePhone: true })).toMatchObject({ gained: [], lost: [], agents: 1, sockets: 2 });
    expect(await effectOf({ name: 'Other' })).toMatchObject({ agents: 1, sockets: 0 });
    expect(await effectOf({})).toMatchObject({ agents: 0, sockets: 0 });
    expect(await effectOf({ password: 'another-password' })).toMatchObject({ agents: 1, sockets: 2 });
    expect((await api.me()).agent.id).toBe(agent.id);
  });

  it('of a team counts everybody in it', async () => {
    const { team } = await connected(['inbox.read', 'inbox.reply']);
    await createAgent(admin, team);
    const { effect } = await silently(() =>
      admin.teams.rehearse.update(team.id, { permissions: ['inbox.read', 'reports.view'] }),
    );
    expect(effect).toMatchObject({ gained: ['reports.view'], lost: ['inbox.reply'], agents: 2, sockets: 2 });
    expect((await admin.teams.rehearse.update(team.id, { status: 'inactive' })).effect).toMatchObject({
      lost: ['inbox.read', 'inbox.reply'],
      agents: 2,
      sockets: 2,
    });
    expect((await admin.teams.rehearse.update(team.id, { name: randomUUID() })).effect).toMatchObject({
      gained: [],
      lost: [],
      agents: 0,
      sockets: 0,
    });
    expect((await admin.teams.rehearse.delete(team.id)).effect.refused?.code).toBe('team_in_use');
    const other = await createTeam(admin, ['inbox.read', 'audit.read']);
    expect((await silently(() => admin.teams.rehearse.delete(team.id, other.id))).effect).toMatchObject({
      gained: ['audit.read'],
      lost: ['inbox.reply'],
      agents: 2,
      sockets: 2,
    });
    expect(await admin.teams.get(team.id)).toMatchObject({ version: 1, agents: 2 });
  });

  it('of something new answers 200, and makes nothing', async () => {
    const team = await createTeam(admin, ['inbox.read']);
    const body = { name: 'New', email: `${randomUUID()}@example.com`, phone: '+5511912345678', teamId: team.id };
    const rehearsed = await raw('POST', '/agents?dryRun=true', body);
    expect(rehearsed.status).toBe(200);
    expect(await rehearsed.json()).toMatchObject({ effect: { gained: ['inbox.read'], lost: [], agents: 1 } });
    expect((await admin.agents.list({ q: body.email })).data).toEqual([]);
    const taken = { ...body, email: (await createAgent(admin, team)).email.toUpperCase() };
    expect((await admin.agents.rehearse.create(taken)).effect.refused?.code).toBe('email_taken');
    const created = await silently(() => admin.teams.rehearse.create({ name: 'N', permissions: ['inbox.read'] }));
    expect(created.effect).toMatchObject({ gained: ['inbox.read'], agents: 0 });
    expect((await admin.teams.rehearse.create({ name: team.name, permissions: [] })).effect.refused?.code).toBe(
      'name_taken',
    );
    expect((await raw('POST', '/agents?dryRun=true', { ...body, phone: '1' })).status).toBe(422);
    expect((await raw('POST', '/agents?dryRun=yes', body)).status).toBe(422);
  });

  it('says what the rules forbid', async () => {
    const { agent, team } = await admin.me();
    const refusalOf = async (answer: ReturnType<typeof admin.agents.rehearse.update>) =>
      (await answer).effect.refused?.code;
    expect(await refusalOf(admin.agents.rehearse.update(agent.id, { status: 'inactive' }))).toBe('last_administrator');
    expect(await refusalOf(admin.agents.rehearse.update(agent.id, { hidePhone: true }))).toBe('self_edit');
    expect(await refusalOf(admin.teams.rehearse.update(team.id, { permissions: [] }))).toBe('last_administrator');
    const managers = await createTeam(admin, ['agents.read', 'agents.manage', 'teams.read', 'teams.manage']);
    const manager = await loginAs(installation, await createAgent(admin, managers));
    const subject = await createAgent(admin, await createTeam(admin, ['inbox.read']));
    expect(await refusalOf(manager.agents.rehearse.update(subject.id, { teamId: team.id }))).toBe('beyond_own_rights');
    const reader = await loginAs(installation, await createAgent(admin, await createTeam(admin, ['agents.read'])));
    expect(await problemOf(reader.agents.rehearse.delete(subject.id))).toMatchObject({ code: 'permission_missing' });
  });

  /** An agent with one socket on each node. */
  async function connected(permissions: Permission[]): Promise<{ team: TeamView; agent: AgentView; api: MusterApi }> {
    const team = await createTeam(admin, permissions);
    const agent = await createAgent(admin, team);
    const api = installation.client();
    const { accessToken } = await api.auth.login({ email: agent.email, password: PASSWORD });
    for (const { url } of installation.nodes) {
      const socket = await sockets.connect(url, '/inbox', accessToken);
      // Anything the server answers comes after it was let in.
      await socket.emitWithAck('presence.set', { availability: 'available' });
    }
    return { team, agent, api };
  }

  /** Fails when `work` writes anything or tells anybody. */
  async function silently<T>(work: () => Promise<T>): Promise<T> {
    const heard: string[] = [];
    const listen = (message: pg.Notification) => heard.push(message.channel);
    const channels = ['muster_access', 'muster_revocation', 'muster_outbox'];
    for (const channel of channels) await database.query(`listen ${channel}`);
    await settledJobs();
    database.on('notification', listen);
    const before = await written();
    const result = await work();
    expect(await written()).toEqual(before);
    database.off('notification', listen);
    for (const channel of channels) await database.query(`unlisten ${channel}`);
    expect(heard).toEqual([]);
    return result;
  }

  /** What jobs of earlier writes still announce is not the dry run's. */
  async function settledJobs(): Promise<void> {
    for (let open = 1; open > 0;) {
      const { rows } = await database.query<{ open: number }>(
        'select count(*)::int as open from outbox where done_at is null',
      );
      open = rows[0]?.open ?? 0;
    }
  }

  async function written(): Promise<unknown> {
    const { rows } = await database.query(
      `select (select count(*) from audit_entry) as audit, (select count(*) from revocation) as revocations,
         (select count(*) from outbox) as outbox, (select sum(version) from agent) as agents,
         (select sum(auth_epoch) from agent) as epochs, (select sum(version) from team) as teams,
         (select sum(version) from conversation) as conversations, (select count(*) from session where revoked_at is null) as sessions`,
    );
    return rows[0];
  }

  async function raw(method: string, path: string, body: unknown): Promise<Response> {
    return fetch(`${installation.node.url}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${await admin.credentials.bearer()}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  }
});
