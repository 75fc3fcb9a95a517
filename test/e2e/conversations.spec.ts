import { randomUUID } from 'node:crypto';
import type { MusterApi } from '#client';
import type { AgentView, TeamView } from '#contracts';
import { PresenceService } from '../../src/presence/presence.service.js';
import { startNodes, type TestInstallation } from '../support/nodes.js';
import { createAgent, createTeam, loginAs } from '../support/people.js';
import { problemOf } from '../support/problem.js';

describe('conversations and their assignment on two nodes', () => {
  let installation: TestInstallation;
  let admin: MusterApi;
  let other: MusterApi;
  let team: TeamView;

  beforeAll(async () => {
    installation = await startNodes(2);
    admin = await installation.admin();
    other = await installation.admin(installation.nodes[1]);
    team = await createTeam(admin, ['inbox.read', 'inbox.reply']);
  });

  afterAll(() => installation.stop());

  it('shows a new conversation on the other node', async () => {
    const created = await admin.conversations.create({
      externalId: 'ticket-1',
      contact: { name: 'Carla', phone: '+55 11 98765-4321' },
      teamId: team.id,
    });
    expect(await other.conversations.get(created.id)).toEqual({
      id: created.id,
      externalId: 'ticket-1',
      status: 'open',
      team: { id: team.id, name: team.name },
      assignee: null,
      contact: { id: created.contact.id, name: 'Carla', phone: '+5511987654321', masked: false },
      windowExpiresAt: null,
      lastMessageAt: null,
      waitingSince: null,
      createdAt: created.createdAt,
      version: 1,
    });
    expect(await problemOf(create({ externalId: 'ticket-1' }))).toMatchObject({
      status: 409,
      code: 'external_id_taken',
    });
  });

  it('knows a customer again by the number, and takes a newer name', async () => {
    const phone = '+5511900000001';
    const [first, second] = [await create({ phone, name: 'Old' }), await create({ phone, name: 'New' })];
    expect(second.id).not.toBe(first.id);
    expect(second.contact.id).toBe(first.contact.id);
    expect((await admin.conversations.get(first.id)).contact.name).toBe('New');
  });

  it('refuses what is not a number, a team or an id', async () => {
    expect((await problemOf(create({ phone: '12345' }))).errors).toMatchObject([
      { pointer: '/contact/phone', code: 'phone_invalid' },
    ]);
    const nowhere = await problemOf(
      admin.conversations.create({ contact: { phone: '+5511987654321' }, teamId: randomUUID() }),
    );
    expect(nowhere.errors[0]?.code).toBe('team_not_found');
    expect((await problemOf(admin.conversations.get(randomUUID()))).code).toBe('not_found');
    expect((await problemOf(admin.conversations.get('not-an-id'))).code).toBe('not_found');
    const { id } = await create();
    expect((await problemOf(admin.conversations.assign(id, {}))).errors[0]?.code).toBe('target_required');
    expect((await problemOf(admin.conversations.assign(id, { agentId: randomUUID() }))).errors[0]?.code).toBe(
      'agent_not_found',
    );
  });

  it('hides numbers from an agent with Hide Phone, in lists and single views, and lets none be named', async () => {
    const hidden = await loginAs(installation, await createAgent(admin, await replyTeam(), { hidePhone: true }));
    const created = await create({
      phone: '+5511987650042',
      name: 'Call +55 11 98765-0042',
      externalId: '5511987650042',
    });
    const view = await hidden.conversations.get(created.id);
    expect(view).toMatchObject({ externalId: null, contact: { phone: '+55••••••42', masked: true } });
    const { data } = await hidden.conversations.list({ limit: 200 });
    for (const shown of [JSON.stringify(view), JSON.stringify(data)]) expect(shown).not.toMatch(/98765|650042/);
    const found = async (api: MusterApi, q: string) => (await api.conversations.list({ q })).data.map(({ id }) => id);
    expect(await found(hidden, 'call')).toContain(created.id);
    expect(await found(admin, '5511987650042')).toEqual([created.id]);
    for (const q of ['5511987650042', '98765', 'Call +5']) {
      expect((await problemOf(hidden.conversations.list({ q }))).code).toBe('phone_hidden');
    }
    const refused = await problemOf(hidden.conversations.create({ contact: { phone: '+5511987650042' } }));
    expect(refused).toMatchObject({ status: 403, code: 'permission_missing' });
    const dispatchers = await createTeam(admin, ['inbox.read', 'inbox.assign']);
    const dispatcher = await loginAs(installation, await createAgent(admin, dispatchers, { hidePhone: true }));
    expect((await problemOf(dispatcher.conversations.create({ contact: { phone: '+5511987650042' } }))).code).toBe(
      'phone_hidden',
    );
  });

  it('gives every reason why an agent can not take a conversation', async () => {
    const agent = await createAgent(admin, await createTeam(admin, ['inbox.read']), { capacity: 0 });
    const { id } = await create();
    expect(await problemOf(admin.conversations.assign(id, { agentId: agent.id }))).toMatchObject({
      status: 409,
      code: 'not_assignable',
      reasons: ['no_reply_permission', 'offline', 'at_capacity'],
    });
    expect((await admin.conversations.get(id)).assignee).toBeNull();
  });

  it('never assigns more than the capacity, whoever asks at the same time', async () => {
    const agent = await available(await createAgent(admin, team, { capacity: 5 }));
    const conversations = await Promise.all(Array.from({ length: 40 }, () => create()));
    const results = await Promise.allSettled(
      conversations.map(({ id }, index) => [admin, other][index % 2].conversations.assign(id, { agentId: agent.id })),
    );
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(5);
    const view = await other.agents.get(agent.id);
    expect(view.load).toEqual({ open: 5, capacity: 5, ratio: 1 });
  });

  it('hands out to whoever has the least to do', async () => {
    const own = await replyTeam();
    const [busier, idle] = [
      await available(await createAgent(admin, own, { capacity: 4 })),
      await available(await createAgent(admin, own, { capacity: 8 })),
    ];
    const assigned = async () => {
      const { id } = await create();
      return (await other.conversations.assign(id, { strategy: 'least-loaded', teamId: own.id })).assignee?.id;
    };
    const given: (string | undefined)[] = [];
    for (let count = 0; count < 12; count++) given.push(await assigned());
    expect(given.filter((id) => id === busier.id)).toHaveLength(4);
    expect(given.filter((id) => id === idle.id)).toHaveLength(8);
    expect((await problemOf(assigned())).code).toBe('not_assignable');
  });

  it('counts what is open, not what is resolved, and reopens for anybody', async () => {
    const agent = await available(await createAgent(admin, team));
    const { id } = await create();
    await admin.conversations.assign(id, { agentId: agent.id });
    expect((await admin.agents.get(agent.id)).load.open).toBe(1);
    await admin.conversations.resolve(id);
    expect((await other.agents.get(agent.id)).load.open).toBe(0);
    expect((await problemOf(admin.conversations.assign(id, { agentId: agent.id }))).code).toBe('conversation_resolved');
    expect((await problemOf(admin.conversations.resolve(id))).code).toBe('conversation_resolved');
    const reopened = await admin.conversations.reopen(id);
    expect(reopened).toMatchObject({ status: 'open', assignee: null });
    expect((await problemOf(admin.conversations.reopen(id))).code).toBe('conversation_already_open');
  });

  it('lets an agent take and finish what is free, and leave what is not theirs', async () => {
    const [mine, theirs] = [
      await available(await createAgent(admin, team)),
      await available(await createAgent(admin, team)),
    ];
    const me = await loginAs(installation, mine, installation.nodes[1]);
    const { id } = await create();
    expect((await me.conversations.assign(id, { agentId: mine.id })).assignee?.id).toBe(mine.id);
    await me.conversations.resolve(id);
    const another = await create();
    await admin.conversations.assign(another.id, { agentId: theirs.id });
    for (const refused of [
      () => me.conversations.assign(another.id, { agentId: mine.id }),
      () => me.conversations.assign(id, { agentId: theirs.id }),
      () => me.conversations.unassign(another.id),
      () => me.conversations.resolve(another.id),
    ]) {
      expect(await problemOf(refused())).toMatchObject({ status: 403, permission: 'inbox.assign' });
    }
  });

  it('releases the open conversations of an agent who is deactivated, and assigns none after the reply', async () => {
    const agent = await available(await createAgent(admin, team, { capacity: 100 }));
    const conversations = await Promise.all(Array.from({ length: 30 }, () => create()));
    const assigning = conversations.map(({ id }) =>
      other.conversations.assign(id, { agentId: agent.id }).catch(() => null),
    );
    await admin.agents.update(agent.id, { status: 'inactive' });
    await Promise.all(assigning);
    const { data } = await admin.conversations.list({ assigneeId: agent.id, status: 'open' });
    expect(data).toEqual([]);
    expect((await problemOf(admin.conversations.assign(conversations[0].id, { agentId: agent.id }))).reasons).toEqual([
      'inactive',
    ]);
  });

  it('filters and pages', async () => {
    const own = await replyTeam();
    const made = [await create({ teamId: own.id }), await create({ teamId: own.id }), await create({ teamId: own.id })];
    const first = await admin.conversations.list({ teamId: own.id, limit: 2 });
    const rest = await admin.conversations.list({ teamId: own.id, limit: 2, cursor: first.page.next ?? '' });
    expect([...first.data, ...rest.data].map(({ id }) => id)).toEqual(made.map(({ id }) => id).reverse());
    expect((await admin.conversations.list({ teamId: own.id, unassigned: true })).data).toHaveLength(3);
    expect((await admin.conversations.list({ teamId: own.id, status: 'resolved' })).data).toEqual([]);
  });

  function replyTeam(): Promise<TeamView> {
    return createTeam(admin, ['inbox.read', 'inbox.reply']);
  }

  function create(contact: { phone?: string; name?: string; externalId?: string; teamId?: string } = {}) {
    const { phone = '+5511987654321', name = 'Carla', ...rest } = contact;
    return admin.conversations.create({ contact: { name, phone }, ...rest });
  }

  /** Connected, as by a socket of the inbox, and available. */
  async function available(agent: AgentView): Promise<AgentView> {
    const presence = installation.node.app.get(PresenceService);
    const { workspace } = await admin.me();
    await presence.connectionOpened({ id: randomUUID(), workspaceId: workspace.id, agentId: agent.id });
    await admin.agents.setPresence(agent.id, { availability: 'available' });
    return agent;
  }
});
