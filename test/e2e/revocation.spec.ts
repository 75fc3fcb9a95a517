import { randomUUID } from 'node:crypto';
import type { MusterApi } from '#client';
import type { AgentView, Permission, Receipt, TeamView } from '#contracts';
import { eventually } from '../support/eventually.js';
import { startNodes, type TestInstallation } from '../support/nodes.js';
import { createAgent, createTeam, PASSWORD } from '../support/people.js';
import { problemOf } from '../support/problem.js';
import { closing, Sockets } from '../support/sockets.js';

describe('taking rights away, on three nodes', () => {
  let installation: TestInstallation;
  let admin: MusterApi;
  const sockets = new Sockets();

  beforeAll(async () => {
    installation = await startNodes(3);
    admin = await installation.admin();
  });

  afterEach(() => sockets.disconnect());
  afterAll(() => installation.stop());

  it('ends everything of a deactivated agent everywhere, and says so in a receipt', async () => {
    const { agent, api, token } = await newAgent(['inbox.read', 'inbox.reply', 'api-keys.manage']);
    const { key } = await api.apiKeys.create({ name: 'Bot', permissions: ['inbox.read'] });
    const opened = await Promise.all(
      installation.nodes.flatMap(({ url }) => [token, key].map((by) => sockets.connect(url, '/inbox', by))),
    );
    await makeAvailable(api);
    await assignTo(agent.id);
    const closed = Promise.all(opened.map(closing));

    const { receipt, ...view } = await admin.agents.update(agent.id, { status: 'inactive' });

    expect(receipt).toMatchObject({
      cause: 'agent_deactivated',
      sessions: 1,
      keys: 1,
      sockets: 6,
      conversationsReleased: 1,
      listsLeft: 2,
      enforcement: 'complete',
    });
    expect(receipt?.nodes.map(({ outcome, sockets: count }) => [outcome, count])).toEqual(
      Array.from({ length: 3 }, () => ['applied', 2]),
    );
    expect(view).toMatchObject({ status: 'inactive', presence: { state: 'offline' }, load: { open: 0 } });
    expect((await closed).map(({ code, retryable }) => [code, retryable])).toEqual(
      opened.map(() => ['agent_inactive', false]),
    );
    for (const { url } of installation.nodes) {
      for (const bearer of [token, key]) {
        expect(await get(url, bearer)).toMatchObject({ status: 401, code: 'agent_inactive' });
      }
    }
  });

  it('restores exactly at re-activation, but no credential, and keeps the receipts', async () => {
    const { agent, api, token } = await newAgent(['inbox.read', 'inbox.reply'], { capacity: 7, notes: 'n' });
    await sockets.connect(installation.node.url, '/inbox', token);
    await makeAvailable(api);
    const before = await admin.agents.get(agent.id);
    expect(await assignable()).toContain(agent.id);
    const { receipt: first } = await admin.agents.update(agent.id, { status: 'inactive' });
    expect(await assignable()).not.toContain(agent.id);
    const { receipt: none } = await admin.agents.update(agent.id, { status: 'active' });
    expect(none).toBeUndefined();

    expect(await get(installation.node.url, token)).toMatchObject({ status: 401, code: 'session_revoked' });
    const { accessToken } = await api.auth.login({ email: agent.email, password: PASSWORD });
    await sockets.connect(installation.node.url, '/inbox', accessToken);
    const after = await eventually(
      () => admin.agents.get(agent.id),
      ({ presence }) => presence.connected,
    );
    const { name, email, phone, team, status, hidePhone, notes, capacity } = before;
    expect(after).toMatchObject({ name, email, phone, team, status, hidePhone, notes, capacity });
    expect(after.presence.availability).toBe('available');
    expect(await assignable()).toContain(agent.id);

    const { receipt: second } = await admin.agents.delete(agent.id);
    expect((await admin.agents.receipts(agent.id)).data).toEqual([second, first]);
    expect((await admin.agents.receipts(agent.id, { limit: 1 })).page.hasMore).toBe(true);
    expect(await problemOf(admin.agents.receipts(randomUUID()))).toMatchObject({ status: 404 });
  });

  it('moves an agent: what the new team lacks is closed, the rest told, and the next request obeys', async () => {
    const { agent, token } = await newAgent(['inbox.read', 'dashboard.view']);
    const poorer = await createTeam(admin, ['inbox.read']);
    const [node] = installation.nodes.slice(-1);
    const url = node?.url ?? '';
    const inbox = await sockets.connect(url, '/inbox', token);
    const lost = closing(await sockets.connect(url, '/dashboard', token));
    const told = new Promise((resolve) => inbox.once('permissions.changed', resolve));
    const { receipt } = await admin.agents.update(agent.id, { teamId: poorer.id });
    expect(receipt).toMatchObject({ cause: 'agent_moved', sessions: 0, keys: 0, sockets: 1 });
    expect(await lost).toMatchObject({ code: 'permission_lost' });
    expect(await told).toMatchObject({ permissions: ['inbox.read'] });
    expect(inbox.connected).toBe(true);
    expect(await get(url, token, '/dashboard/roster')).toMatchObject({ code: 'permission_missing' });
  });

  it('reduces and suspends a whole team with one receipt, and lets it come back', async () => {
    const { agent, team, token } = await newAgent(['inbox.read', 'dashboard.view', 'teams.read']);
    const opened = await Promise.all(installation.nodes.map(({ url }) => sockets.connect(url, '/dashboard', token)));
    const lost = Promise.all(opened.map(closing));
    const reduced = await admin.teams.update(team.id, { permissions: ['inbox.read'] });
    expect(reduced.receipt).toMatchObject({ cause: 'team_reduced', sockets: 3, sessions: 0 });
    expect((await lost).map(({ code }) => code)).toEqual(opened.map(() => 'permission_lost'));

    const inbox = closing(await sockets.connect(installation.node.url, '/inbox', token));
    const { receipt } = await admin.teams.update(team.id, { status: 'inactive' });
    expect(receipt).toMatchObject({ cause: 'team_deactivated', sockets: 1, sessions: 1, keys: 0 });
    expect(await inbox).toMatchObject({ code: 'team_inactive' });
    expect(await get(installation.node.url, token)).toMatchObject({ status: 401, code: 'team_inactive' });

    expect((await admin.teams.update(team.id, { status: 'active' })).receipt).toBeUndefined();
    expect(await get(installation.node.url, token)).toMatchObject({ status: 200 });
    expect((await admin.agents.get(agent.id)).status).toBe('active');
  });

  it('ends one key or one session without touching the others', async () => {
    const { agent, api, token } = await newAgent(['inbox.read', 'api-keys.manage']);
    const key = await api.apiKeys.create({ name: 'Bot', permissions: ['inbox.read'] });
    const other = await installation.client().auth.login({ email: agent.email, password: PASSWORD });
    const url = installation.nodes[1]?.url ?? '';
    const [byKey, bySession, byOther] = await Promise.all(
      [key.key, token, other.accessToken].map((by) => sockets.connect(url, '/inbox', by)),
    );
    const keyClosed = byKey && closing(byKey);
    expect((await admin.apiKeys.delete(key.id)).receipt).toMatchObject({
      cause: 'api_key_revoked',
      keys: 1,
      sockets: 1,
    });
    expect(await keyClosed).toMatchObject({ code: 'session_revoked' });
    const sessionClosed = bySession && closing(bySession);
    expect((await api.auth.logout())?.receipt).toMatchObject({ cause: 'logout', sessions: 1, sockets: 1 });
    expect(await sessionClosed).toMatchObject({ code: 'session_revoked' });
    expect(byOther?.connected).toBe(true);
    expect(await get(url, other.accessToken)).toMatchObject({ status: 200 });
  });

  it('answers who ends the key they ask with', async () => {
    const mine = await admin.apiKeys.create({ name: 'Mine', permissions: ['api-keys.manage'] });
    const answer = await fetch(`${installation.node.url}/api/v1/api-keys/${mine.id}`, {
      method: 'DELETE',
      headers: { Authorization: `Bearer ${mine.key}` },
    });
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ id: mine.id, receipt: { enforcement: 'complete' } });
  });

  it('tells whoever takes their own right away that it is written', async () => {
    const { team, api } = await newAgent(['teams.read', 'teams.manage', 'inbox.read']);
    expect(await problemOf(api.teams.update(team.id, { permissions: ['teams.read', 'inbox.read'] }))).toMatchObject({
      status: 503,
      code: 'access_changed',
      retryable: false,
      detail: expect.stringContaining('is written'),
    });
    expect((await admin.teams.get(team.id)).permissions).not.toContain('teams.manage');
    expect(await problemOf(api.teams.update(team.id, { name: 'x' }))).toMatchObject({ code: 'permission_missing' });
  });

  it('gives what was released to the least loaded of the team, where that is its policy', async () => {
    const team = await createTeam(admin, ['inbox.read', 'inbox.reply'], { releasePolicy: 'reassign' });
    const [ana, ben] = await Promise.all([available(team), available(team)]);
    const conversation = await admin.conversations.create({ contact: { phone: '+5511911112222' }, teamId: team.id });
    await admin.conversations.assign(conversation.id, { agentId: ana.id });
    const { receipt } = await admin.agents.update(ana.id, { status: 'inactive' });
    expect(receipt).toMatchObject({ conversationsReleased: 1, listsLeft: 2 });
    await eventually(
      async () => (await admin.conversations.get(conversation.id)).assignee?.id,
      (assignee) => assignee === ben.id,
    );
    expect((await admin.teams.update(team.id, { status: 'inactive' })).receipt).toMatchObject({
      conversationsReleased: 1,
      listsLeft: 2,
    });
    expect((await admin.conversations.get(conversation.id)).assignee).toBeNull();
  });

  async function available(team: TeamView): Promise<AgentView> {
    const agent = await createAgent(admin, team);
    const { accessToken } = await installation.client().auth.login({ email: agent.email, password: PASSWORD });
    const socket = await sockets.connect(installation.node.url, '/inbox', accessToken);
    await socket.emitWithAck('presence.set', { availability: 'available' });
    return agent;
  }

  async function newAgent(permissions: Permission[], rest: Parameters<typeof createAgent>[2] = {}) {
    const team = await createTeam(admin, permissions);
    const agent = await createAgent(admin, team, rest);
    const api = installation.client();
    const { accessToken: token } = await api.auth.login({ email: agent.email, password: PASSWORD });
    return { team, agent, api, token };
  }

  async function makeAvailable(api: MusterApi): Promise<void> {
    const { agent } = await api.me();
    await eventually(
      async () => (await admin.agents.get(agent.id)).presence.connected,
      (connected) => connected,
    );
    await api.agents.setPresence(agent.id, { availability: 'available' });
  }

  async function assignTo(agentId: string): Promise<void> {
    const conversation = await admin.conversations.create({ contact: { phone: '+5511911112222' } });
    await admin.conversations.assign(conversation.id, { agentId });
  }

  async function assignable(): Promise<string[]> {
    return (await admin.inbox.assignable()).data.map(({ agentId }) => agentId);
  }

  async function get(url: string, bearer: string, path = '/me'): Promise<{ status: number } & Partial<Receipt>> {
    const answer = await fetch(`${url}/api/v1${path}`, { headers: { Authorization: `Bearer ${bearer}` } });
    return { ...((await answer.json()) as object), status: answer.status };
  }
});
