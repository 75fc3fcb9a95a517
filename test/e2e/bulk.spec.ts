import { randomUUID } from 'node:crypto';
import pg from 'pg';
import type { MusterApi } from '#client';
import type { AgentView, BulkAgentsAnswer, Permission, TeamView } from '#contracts';
import { EventBus } from '../../src/platform/events/event-bus.js';
import { eventually } from '../support/eventually.js';
import { startNodes, type TestInstallation } from '../support/nodes.js';
import { createAgent, createTeam, loginAs, PASSWORD } from '../support/people.js';
import { problemOf } from '../support/problem.js';
import { Sockets } from '../support/sockets.js';

const MANAGER: Permission[] = ['agents.read', 'agents.manage', 'teams.read', 'teams.manage'];

describe('one change for many agents', () => {
  let installation: TestInstallation;
  let admin: MusterApi;
  const sockets = new Sockets();

  beforeAll(async () => {
    installation = await startNodes(2);
    admin = await installation.admin();
  });

  afterEach(() => sockets.disconnect());
  afterAll(() => installation.stop());

  it('changes each or says why not, in their order, with one receipt for all', async () => {
    const team = await createTeam(admin, ['inbox.read', 'inbox.reply']);
    const [ana, ben] = await Promise.all([createAgent(admin, team), createAgent(admin, team)]);
    const { agent: me } = await admin.me();
    const unknown = randomUUID();
    for (const agent of [ana, ben]) await connect(agent);
    const { results, receipt } = await admin.agents.bulk({
      ids: [ben.id.toUpperCase(), unknown, me.id, ana.id],
      set: { status: 'inactive' },
    });
    expect(results).toMatchObject([
      { id: ben.id, ok: true, version: 2 },
      { id: unknown, ok: false, error: { status: 404, code: 'not_found', requestId: expect.any(String) } },
      { id: me.id, ok: false, error: { status: 409, code: 'last_administrator' } },
      { id: ana.id, ok: true, version: 2 },
    ]);
    expect(receipt).toMatchObject({ cause: 'agent_deactivated', sessions: 2, sockets: 2, enforcement: 'complete' });
    for (const { id } of [ana, ben]) {
      expect(await admin.agents.get(id)).toMatchObject({ status: 'inactive', version: 2 });
      expect((await admin.agents.receipts(id)).data).toMatchObject([
        { cause: 'agent_deactivated', sessions: 1, sockets: 1, enforcement: 'complete' },
      ]);
    }
    expect(await admin.me()).toMatchObject({ agent: { id: me.id } });
  });

  it('releases what each has open, and counts it for each', async () => {
    const team = await createTeam(admin, ['inbox.read', 'inbox.reply']);
    const agents = await Promise.all([createAgent(admin, team), createAgent(admin, team)]);
    for (const [index, agent] of agents.entries()) {
      const socket = await connect(agent);
      await socket.emitWithAck('presence.set', { availability: 'available' });
      for (let count = 0; count <= index; count++) {
        const { id } = await admin.conversations.create({ contact: { phone: '+5511911112222' } });
        await admin.conversations.assign(id, { agentId: agent.id });
      }
    }
    const { receipt } = await admin.agents.bulk({ ids: agents.map(({ id }) => id), set: { status: 'inactive' } });
    expect(receipt).toMatchObject({ conversationsReleased: 3, listsLeft: 4 });
    const own = await Promise.all(agents.map(async ({ id }) => (await admin.agents.receipts(id)).data[0]));
    expect(own.map((each) => [each?.conversationsReleased, each?.listsLeft])).toEqual([
      [1, 2],
      [2, 2],
    ]);
  });

  it('moves with every rule of moving one, also without a change, and tells live views once', async () => {
    const [from, to] = await Promise.all([createTeam(admin, ['inbox.read']), createTeam(admin, ['inbox.read'])]);
    const agents = await Promise.all(Array.from({ length: 25 }, () => createAgent(admin, from)));
    const told: number[] = [];
    for (const { app } of installation.nodes)
      app.get(EventBus).on('agent.changed', (event) => void told.push(event.agents.length));
    const ids = agents.map(({ id }) => id);
    const { results, receipt } = await admin.agents.bulk({ ids, set: { teamId: to.id } });
    expect(results.every(({ ok, version }) => ok && version === 2)).toBe(true);
    expect(receipt).toMatchObject({ cause: 'agent_moved' });
    expect(told).toEqual([25]);
    const again = await admin.agents.bulk({ ids, set: { teamId: to.id } });
    expect(again.results.every(({ ok, version }) => ok && version === 2)).toBe(true);
    expect(again.receipt).toBeUndefined();
    const synced = await eventually(
      () => admin.teams.get(to.id),
      (team) => team.sync.synced === 25,
    );
    expect(synced.agents).toBe(25);
    expect(
      await count("select count(*)::int as n from outbox where topic = 'permissions.resync-team' and key = $1", to.id),
    ).toBe(2);
    expect(
      await count(
        "select count(*)::int as n from audit_entry where action = 'agent.moved' and target_id = any($1)",
        ids,
      ),
    ).toBe(25);
  });

  it('refuses what can not be meant', async () => {
    const { id } = await createAgent(admin, await createTeam(admin, ['inbox.read']));
    const codes = async (body: unknown) =>
      (await problemOf(admin.agents.bulk(body as Parameters<typeof admin.agents.bulk>[0]))).errors.map(
        ({ code }) => code,
      );
    expect(await codes({ ids: [id, id.toUpperCase()], set: {} })).toEqual(['duplicate_id']);
    expect(await codes({ ids: [], set: {} })).toEqual(['ids_empty']);
    expect(await codes({ ids: Array.from({ length: 1_001 }, () => randomUUID()), set: {} })).toEqual([
      'too_many_items',
    ]);
    expect(await codes({ ids: ['x'], set: {} })).toEqual(['id_invalid']);
    expect(await codes({ ids: [id] })).toEqual(['set_required']);
    expect(await codes({ ids: [id], set: { name: 'All alike' } })).toEqual(['unknown_field']);
    expect(await codes({ ids: [id], set: { status: null } })).toEqual(['status_invalid']);
    expect(await codes({ ids: [id], set: { hidePhone: null } })).toEqual(['hide_phone_invalid']);
    expect(await codes({ ids: [id], set: { teamId: randomUUID() } })).toEqual(['team_not_found']);
  });

  it('lets nobody rise by it', async () => {
    const { team: administrators } = await admin.me();
    const managers = await createTeam(admin, MANAGER);
    const self = await createAgent(admin, managers);
    const manager = await loginAs(installation, self);
    const other = await createAgent(admin, await createTeam(admin, ['inbox.read']));
    const codes = ({ results }: BulkAgentsAnswer) => results.map(({ ok, error }) => (ok ? 'ok' : error?.code));
    const ids = [self.id, other.id];
    expect(codes(await manager.agents.bulk({ ids, set: { teamId: administrators.id } }))).toEqual([
      'self_edit',
      'beyond_own_rights',
    ]);
    expect(codes(await manager.agents.bulk({ ids, set: { teamId: managers.id } }))).toEqual(['ok', 'ok']);
    const masked = await loginAs(installation, await createAgent(admin, managers, { hidePhone: true }));
    const hidden = await createAgent(admin, other.team as TeamView, { hidePhone: true });
    expect(codes(await masked.agents.bulk({ ids: [hidden.id, other.id], set: { hidePhone: false } }))).toEqual([
      'beyond_own_rights',
      'ok',
    ]);
    expect((await admin.agents.get(hidden.id)).hidePhone).toBe(true);
  });

  it('is rehearsed with the same results', async () => {
    const team = await createTeam(admin, ['inbox.read', 'inbox.reply']);
    const agents = await Promise.all(
      Array.from({ length: 160 }, () => createAgent(admin, team, { password: undefined })),
    );
    const seen = await createAgent(admin, team);
    await connect(seen);
    await connect(seen, 1);
    const { agent: me } = await admin.me();
    const body = { ids: [me.id, ...agents.map(({ id }) => id), seen.id], set: { status: 'inactive' as const } };
    const { effect, results } = await admin.agents.rehearse.bulk(body);
    expect(effect).toEqual({
      gained: [],
      lost: ['inbox.read', 'inbox.reply'],
      agents: 161,
      sockets: 2,
      nodes: { asked: 2, answered: 2 },
      conversations: 0,
    });
    const real = await admin.agents.bulk(body);
    const plain = (given: typeof results) =>
      given?.map(({ id, ok, version, error }) => ({ id, ok, version, code: error?.code }));
    expect(plain(results)).toEqual(plain(real.results));
    expect(real.receipt).toMatchObject({ sockets: 2, sessions: 2 });
  });

  async function connect(agent: AgentView, node = 0) {
    const { accessToken } = await installation.client().auth.login({ email: agent.email, password: PASSWORD });
    const socket = await sockets.connect(installation.nodes[node]?.url ?? '', '/inbox', accessToken);
    await socket.emitWithAck('presence.set', { availability: 'away' });
    return socket;
  }

  async function count(text: string, value: unknown): Promise<number> {
    const client = new pg.Client({ connectionString: installation.databaseUrl });
    await client.connect();
    try {
      return (await client.query<{ n: number }>(text, [value])).rows[0]?.n ?? 0;
    } finally {
      await client.end();
    }
  }
});
