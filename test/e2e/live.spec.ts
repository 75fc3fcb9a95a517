import { randomUUID } from 'node:crypto';
import { MusterApi } from '#client';
import type {
  AgentView,
  AssignableList,
  ConversationView,
  Permission,
  Problem,
  RosterSnapshot,
  TeamView,
} from '#contracts';
import { eventually } from '../support/eventually.js';
import { startNodes, type TestInstallation, type TestNode } from '../support/nodes.js';
import { createAgent, createTeam, PASSWORD } from '../support/people.js';
import { byAgent, FollowedAssignable, FollowedRoster, PlainSocket, sorted } from '../support/live.js';

describe('live views on two nodes, followed by plain clients', () => {
  let installation: TestInstallation;
  let admin: MusterApi;
  let adminToken: string;
  let team: TeamView;
  const opened: PlainSocket[] = [];

  beforeAll(async () => {
    installation = await startNodes(2);
    admin = await installation.admin();
    adminToken = (await admin.credentials.bearer()) ?? '';
    team = await createTeam(admin, ['inbox.read', 'inbox.reply']);
  });

  afterEach(() => opened.splice(0).forEach((plain) => plain.close()));
  afterAll(() => installation.stop());

  it('shows on every node, after the reply, what was changed on any', async () => {
    const views = await Promise.all([0, 1].map((node) => followRoster(node)));
    const agent = await createAgent(admin, team);
    const other = await createTeam(admin, ['inbox.read', 'inbox.reply']);
    const socket = await connect('/inbox', await tokenOf(agent), 1);
    expect(await socket.ask('presence.set', { availability: 'available' })).toMatchObject({ ok: true });
    const conversation = await openConversation();
    await admin.conversations.assign(conversation.id, { agentId: agent.id });
    await record(conversation.id, agent.id, 3);
    await admin.agents.update(agent.id, { name: 'Renamed', capacity: 2 });
    await admin.teams.update(team.id, { capacity: 9 });
    await admin.agents.update(agent.id, { teamId: other.id });

    const snapshots = await Promise.all([0, 1].map((node) => roster(node)));
    expect(snapshots[0].rows.find(({ id }) => id === agent.id)).toMatchObject({
      name: 'Renamed',
      teamId: other.id,
      presence: { state: 'available' },
      load: { open: 1, capacity: 2, ratio: 0.5 },
      density: { m1: 3, m5: 3, m15: 3, h1: 3 },
    });
    for (const view of views) for (const snapshot of snapshots) await expectEqual(view, snapshot);
    expect(views[0].frames).toBeGreaterThan(0);
  });

  it('shows a team only its agents, and lists only the asked ones', async () => {
    const other = await createTeam(admin, ['inbox.read', 'inbox.reply']);
    const [mover, stayer] = [await createAgent(admin, team), await createAgent(admin, team)];
    const view = await followRoster(1, { scope: { teamId: team.id } });
    const list = await followRoster(1, { scope: { agentIds: [mover.id, randomUUID()] } });
    expect(view.rows.has(mover.id)).toBe(true);
    expect([...list.rows.keys()]).toEqual([mover.id]);
    expect(list.teams.size).toBe(0);

    await admin.agents.update(mover.id, { teamId: other.id });
    await expectEqual(view, await roster(0, team.id));
    expect([view.rows.has(mover.id), view.rows.has(stayer.id)]).toEqual([false, true]);
    expect(list.rows.get(mover.id)?.teamId).toBe(other.id);
    await admin.agents.update(mover.id, { teamId: team.id });
    await admin.agents.delete(stayer.id);
    await expectEqual(view, await roster(0, team.id));
    expect([view.rows.has(mover.id), view.rows.has(stayer.id)]).toEqual([true, false]);
    expect([...view.teams.keys()]).toEqual([team.id]);
  });

  it('replays on another node what a view missed', async () => {
    const agent = await createAgent(admin, team);
    const view = await followRoster(0);
    await expectEqual(view, await roster(0));
    view.subscription = 'left';
    await admin.agents.update(agent.id, { name: 'Later' });
    await admin.agents.delete((await createAgent(admin, team)).id);
    const resumed = new FollowedRoster(await connect('/dashboard', adminToken, 1)).takeOver(view);
    await resumed.subscribe({ epoch: view.epoch, offset: view.offset });
    expect(resumed.mode).toBe('replay');
    await expectEqual(resumed, await roster(0));
    expect(resumed.rows.get(agent.id)?.name).toBe('Later');
  });

  it('sends a snapshot to who knows another epoch or a position that never was', async () => {
    const view = await followRoster(0, { epoch: 'another', offset: 3 });
    expect(view.mode).toBe('snapshot');
    const ahead = await followRoster(0, { epoch: view.epoch, offset: view.offset + 1_000 });
    expect(ahead.mode).toBe('snapshot');
    await expectEqual(ahead, await roster(1));
  });

  it('offers who can take the next conversation, and says why the others can not', async () => {
    const group = await createTeam(admin, ['inbox.read', 'inbox.reply'], { capacity: 1 });
    const agents = [await createAgent(admin, group), await createAgent(admin, group)];
    const knowing = await followAssignable(0, adminToken, { teamId: group.id });
    const outsider = await tokenWith(['inbox.read']);
    const unknowing = await followAssignable(1, outsider, { teamId: group.id });
    expect(unknowing.excluded.size).toBe(0);
    expect(knowing.excluded.get(agents[0].id)?.reasons).toEqual(['offline']);

    const socket = await connect('/inbox', await tokenOf(agents[0]), 1);
    expect(knowing.excluded.get(agents[1].id)?.reasons).toEqual(['offline']);
    await socket.ask('presence.set', { availability: 'available' });
    await expectSame(knowing, await assignable(1, adminToken, group.id));
    await expectSame(unknowing, await assignable(0, outsider, group.id));
    expect([...unknowing.agents.keys()]).toEqual([agents[0].id]);
    expect(unknowing.excluded.size).toBe(0);

    const conversation = await openConversation();
    await admin.conversations.assign(conversation.id, { agentId: agents[0].id });
    const full = await assignable(0, adminToken, group.id);
    expect(full.data).toEqual([]);
    await expectSame(knowing, full);
    expect(knowing.excluded.get(agents[0].id)?.reasons).toEqual(['at_capacity']);
    expect(knowing.excluded.get((await me()).agent.id)?.reasons).toContain('other_team');
    await expectSame(unknowing, await assignable(1, outsider, group.id));
    expect(unknowing.agents.size).toBe(0);
  });

  it('pushes conversations to the sockets of who got, had and has them, on any node', async () => {
    const people = [await createAgent(admin, team), await createAgent(admin, team)];
    const sockets = await Promise.all(people.map(async (agent, node) => connect('/inbox', await tokenOf(agent), node)));
    for (const socket of sockets) await socket.ask('presence.set', { availability: 'available' });
    const conversation = await openConversation();

    const assigned = sockets[0].next<ConversationView>('conversation.assigned');
    await admin.conversations.assign(conversation.id, { agentId: people[0].id });
    expect(await assigned).toMatchObject({ id: conversation.id, assignee: { id: people[0].id } });

    const updated = sockets[0].next<ConversationView>('conversation.updated');
    await record(conversation.id, people[0].id, 1);
    expect(await updated).toMatchObject({ id: conversation.id, waitingSince: expect.any(String) });

    const moved = [
      sockets[0].next('conversation.unassigned'),
      sockets[1].next<ConversationView>('conversation.assigned'),
    ];
    await admin.conversations.assign(conversation.id, { agentId: people[1].id });
    expect(await Promise.all(moved)).toMatchObject([{ id: conversation.id }, { assignee: { id: people[1].id } }]);

    const resolved = sockets[1].next<ConversationView>('conversation.updated');
    await admin.conversations.resolve(conversation.id);
    expect(await resolved).toMatchObject({ status: 'resolved' });
  });

  it('masks a pushed number for who may not see it', async () => {
    const agent = await createAgent(admin, team, { hidePhone: true });
    const socket = await connect('/inbox', await tokenOf(agent), 1);
    await socket.ask('presence.set', { availability: 'available' });
    const assigned = socket.next<ConversationView>('conversation.assigned');
    const conversation = await openConversation();
    await admin.conversations.assign(conversation.id, { agentId: agent.id });
    const { contact } = await assigned;
    expect(contact.masked).toBe(true);
    expect(conversation.contact.phone).not.toBe(contact.phone);
  });

  it('begins the list again for who may know other reasons now', async () => {
    const group = await createTeam(admin, ['inbox.read']);
    const agent = await createAgent(admin, group);
    const view = await followAssignable(1, await tokenOf(agent));
    expect(view.excluded.size).toBe(0);
    await admin.teams.update(group.id, { permissions: ['inbox.read', 'agents.read'] });
    await eventually(
      () => view.resyncs,
      (resyncs) => resyncs.length > 0,
    );
    expect(view.resyncs).toEqual(['scope_gone']);
  });

  it('counts each interaction once, in windows that move with time, as the stored rows do', async () => {
    const agents = [await createAgent(admin, team), await createAgent(admin, team)];
    const conversation = await openConversation();
    const views = await Promise.all([0, 1].map((node) => followRoster(node)));
    const minute = 60_000;
    const ages = [0, 2, 4, 6, 14, 16, 59, 61, -1].map((minutes) => minutes * minute);
    const interactions = ages.flatMap((age, n) =>
      agents.map((agent) => ({
        id: randomUUID(),
        conversationId: conversation.id,
        agentId: agent.id,
        direction: n % 2 ? ('inbound' as const) : ('outbound' as const),
        at: new Date(installation.clock.now() - age - n).toISOString(),
      })),
    );
    const apis = [admin, await installation.admin(nodeAt(1))];
    const shuffled = [...interactions, ...interactions.slice(0, 7)].sort(() => Math.random() - 0.5);
    await Promise.all(shuffled.map((one, n) => apis[n % 2].interactions.report([one])));

    for (const ahead of [0, minute, 3 * minute, 5 * minute]) {
      installation.clock.advance(ahead);
      const [first, second] = await Promise.all([0, 1].map((node) => roster(node)));
      for (const { id } of agents) {
        const { density } = await admin.agents.get(id);
        const { inbound: _in, outbound: _out, ...together } = density;
        expect(first.rows.find((row) => row.id === id)?.density).toEqual(together);
      }
      expect(sorted(second.rows)).toEqual(sorted(first.rows));
      for (const view of views) await expectEqual(view, first);
    }
    for (const view of views) expect(view.heartbeats).toBeGreaterThan(0);
  });

  it('refuses what it does not know, and ends what is unsubscribed', async () => {
    const socket = await connect('/dashboard', adminToken);
    const refused = async (body: unknown) => {
      const answer = await socket.ask('subscribe', body);
      return (answer as { error: Problem }).error.code;
    };
    expect(await refused({ topic: 'assignable' })).toBe('validation_failed');
    expect(await refused({ topic: 'roster', extra: 1 })).toBe('validation_failed');
    expect(await refused({ topic: 'roster', scope: { agentIds: ['x'] } })).toBe('validation_failed');
    expect(await refused({ topic: 'roster', scope: { teamId: randomUUID() } })).toBe('not_found');
    const view = await new FollowedRoster(socket).subscribe();
    expect(await socket.ask('unsubscribe', { subscription: view.subscription })).toEqual({ ok: true, data: {} });
    const other = await followRoster(0);
    await createAgent(admin, team);
    await expectEqual(other, await roster(0));
    expect([view.frames, view.errors]).toEqual([0, []]);
  });

  it('bounds what one socket may follow, and others notice nothing', async () => {
    const socket = await connect('/dashboard', adminToken);
    const other = await followRoster(0);
    const ask = (agentIds: string[]) => socket.ask('subscribe', { topic: 'roster', scope: { agentIds } });
    const ids = (count: number) => Array.from({ length: count }, () => randomUUID());
    expect(await ask(ids(1_001))).toMatchObject({ ok: false, error: { code: 'validation_failed' } });
    const answers = await Promise.all(Array.from({ length: 60 }, () => ask(ids(1))));
    expect(answers.filter(({ ok }) => ok)).toHaveLength(50);
    expect(answers.find(({ ok }) => !ok)).toMatchObject({ error: { code: 'too_many_requests' } });
    await createAgent(admin, team);
    await expectEqual(other, await roster(0));
  });

  async function followRoster(node: number, body: Parameters<FollowedRoster['subscribe']>[0] = {}) {
    return new FollowedRoster(await connect('/dashboard', adminToken, node)).subscribe(body);
  }

  async function followAssignable(node: number, token: string, body: { teamId?: string } = {}) {
    return new FollowedAssignable(await connect('/inbox', token, node)).subscribe(body);
  }

  async function expectEqual(view: FollowedRoster, snapshot: RosterSnapshot): Promise<void> {
    await view.reach(snapshot);
    expect(view.errors).toEqual([]);
    expect(view.snapshot).toEqual({ rows: sorted(snapshot.rows), teams: sorted(snapshot.teams) });
  }

  async function expectSame(view: FollowedAssignable, list: AssignableList): Promise<void> {
    await view.reach(list);
    expect(view.errors).toEqual([]);
    expect(view.snapshot).toEqual({ data: byAgent(list.data), excluded: byAgent(list.excluded) });
  }

  async function connect(path: string, token: string, node = 0): Promise<PlainSocket> {
    const plain = await PlainSocket.connect(nodeAt(node).url + path, token);
    opened.push(plain);
    return plain;
  }

  function nodeAt(index: number): TestNode {
    const node = installation.nodes[index];
    if (!node) throw new Error(`there is no node ${index}`);
    return node;
  }

  async function get<T>(node: number, path: string, token = adminToken): Promise<T> {
    const response = await fetch(`${nodeAt(node).url}/api/v1${path}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(response.status).toBe(200);
    return (await response.json()) as T;
  }

  function roster(node: number, teamId?: string): Promise<RosterSnapshot> {
    return get(node, `/dashboard/roster${teamId ? `?teamId=${teamId}` : ''}`);
  }

  function assignable(node: number, token: string, teamId: string): Promise<AssignableList> {
    return get(node, `/inbox/assignable?teamId=${teamId}`, token);
  }

  function me() {
    return admin.me();
  }

  async function tokenOf(agent: AgentView): Promise<string> {
    return (await installation.client().auth.login({ email: agent.email, password: PASSWORD })).accessToken;
  }

  async function tokenWith(permissions: Permission[]): Promise<string> {
    return tokenOf(await createAgent(admin, await createTeam(admin, permissions)));
  }

  function openConversation(): Promise<ConversationView> {
    const phone = `+55119${Math.floor(10_000_000 + Math.random() * 89_999_999)}`;
    return admin.conversations.create({ contact: { name: 'Customer', phone } });
  }

  async function record(conversationId: string, agentId: string, count: number): Promise<void> {
    const at = new Date(installation.clock.now()).toISOString();
    const interactions = Array.from({ length: count }, () => ({
      id: randomUUID(),
      conversationId,
      agentId,
      direction: 'inbound' as const,
      at,
    }));
    await admin.interactions.report(interactions);
  }
});
