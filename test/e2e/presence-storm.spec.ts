import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import pg from 'pg';
import type { MusterApi } from '#client';
import type { AgentView } from '#contracts';
import { Database } from '../../src/platform/database/database.js';
import { PresenceService } from '../../src/presence/presence.service.js';
import { eventually } from '../support/eventually.js';
import { startNodes, type TestInstallation } from '../support/nodes.js';
import { createAgent, createTeam, loginAs } from '../support/people.js';
import { Sockets } from '../support/sockets.js';

const AGENTS = 5;

describe('presence when everybody comes at once', () => {
  let installation: TestInstallation;
  let admin: MusterApi;
  let workspaceId: string;
  let presence: PresenceService;
  let pool: pg.Pool;
  const sockets = new Sockets();

  beforeAll(async () => {
    installation = await startNodes();
    admin = await installation.admin();
    workspaceId = (await admin.me()).workspace.id;
    presence = installation.node.app.get(PresenceService);
    pool = new pg.Pool({ connectionString: installation.databaseUrl, max: 2 });
  });

  afterEach(() => jest.restoreAllMocks());
  afterAll(async () => {
    sockets.disconnect();
    await pool.end();
    await installation.stop();
  });

  it('records them in a few transactions, each with what became of it', async () => {
    const agents = await newAgents();
    const transactions = jest.spyOn(installation.node.app.get(Database), 'systemTransaction');
    const ids = agents.flatMap(({ id }) => Array.from({ length: 60 }, () => ({ id: randomUUID(), agentId: id })));
    await Promise.all(ids.map((connection) => presence.connectionOpened({ ...connection, workspaceId })));
    for (const agent of agents) expect(await presenceOf(agent)).toMatchObject({ state: 'away', connected: true });
    await Promise.all(ids.map(({ id }) => presence.connectionClosed(id, { clean: true })));
    expect(transactions.mock.calls.length).toBeLessThanOrEqual(6);
    for (const agent of agents) {
      expect(await presenceOf(agent)).toMatchObject({ state: 'offline', connected: false });
      expect(await historyOf(agent)).toEqual([
        ['offline', 'created'],
        ['away', 'connected'],
        ['offline', 'disconnected'],
      ]);
    }
  });

  it('shows that somebody came and went, however quickly, and never the other way round', async () => {
    const [agent] = await newAgents(1);
    const [first, second] = [randomUUID(), randomUUID()];
    await Promise.all([
      presence.connectionOpened({ id: first, workspaceId, agentId: agent.id }),
      presence.connectionClosed(first, { clean: true }),
      presence.connectionOpened({ id: second, workspaceId, agentId: agent.id }),
      presence.connectionClosed(second, { clean: true }),
    ]);
    expect((await historyOf(agent)).map(([, cause]) => cause)).toEqual([
      'created',
      'connected',
      'disconnected',
      'connected',
      'disconnected',
    ]);
  });

  it('waits for an agent whom somebody else holds by itself, in its order, and holds nobody up', async () => {
    const [held, other] = await newAgents(2);
    const [first, second, third, fourth] = Array.from({ length: 4 }, () => randomUUID());
    const holder = await pool.connect();
    await holder.query('begin');
    await holder.query('select 1 from agent_presence where agent_id = $1 for update', [held.id]);
    const waiting = [
      presence.connectionOpened({ id: first, workspaceId, agentId: held.id }),
      presence.connectionClosed(first, { clean: true }),
    ];
    await presence.connectionOpened({ id: third, workspaceId, agentId: other?.id ?? '' });
    waiting.push(presence.connectionOpened({ id: second, workspaceId, agentId: held.id }));
    await presence.connectionOpened({ id: fourth, workspaceId, agentId: other?.id ?? '' });
    expect((await presenceOf(held)).connected).toBe(false);
    await holder.query('commit');
    holder.release();
    await Promise.all(waiting);
    expect((await historyOf(held)).map(([, cause]) => cause)).toEqual([
      'created',
      'connected',
      'disconnected',
      'connected',
    ]);
    await Promise.all([second, third, fourth].map((id) => presence.connectionClosed(id, { clean: true })));
  });

  it('loses nobody who is lost in the moment of coming', async () => {
    const [agent] = await newAgents(1);
    const id = randomUUID();
    await Promise.all([
      presence.connectionOpened({ id, workspaceId, agentId: agent.id }),
      presence.connectionClosed(id, { clean: false }),
    ]);
    expect((await presenceOf(agent)).connected).toBe(true);
    await eventually(
      () => {
        installation.clock.advance(2_000);
        return presenceOf(agent);
      },
      ({ connected }) => !connected,
    );
    expect((await historyOf(agent)).at(-1)).toEqual(['offline', 'lost']);
  });

  it('records an end that could not be recorded, when it can', async () => {
    const [agent] = await newAgents(1);
    const id = randomUUID();
    await presence.connectionOpened({ id, workspaceId, agentId: agent.id });
    await pool.query('alter table presence_connection rename to presence_connection_away');
    await expect(presence.connectionClosed(id, { clean: true })).rejects.toThrow('presence_connection');
    await pool.query('alter table presence_connection_away rename to presence_connection');
    await eventually(
      () => presenceOf(agent),
      ({ connected }) => !connected,
    );
  });

  it('makes agents connected whose sockets come together, and gone when they leave', async () => {
    const agents = await newAgents();
    const tokens = await Promise.all(
      agents.map(async (agent) => (await loginAs(installation, agent)).credentials.bearer()),
    );
    const each = Array.from({ length: 8 }, () => tokens).flat();
    await Promise.all(each.map((token) => sockets.connect(installation.node.url, '/inbox', token ?? '')));
    const all = () => Promise.all(agents.map(presenceOf));
    await eventually(all, (found) => found.every(({ connected }) => connected));
    sockets.disconnect();
    await eventually(all, (found) => found.every(({ connected }) => !connected));
    const { rows } = await pool.query<{ left: number }>('select count(*)::int as left from presence_connection');
    expect(rows[0]?.left).toBe(0);
  });

  async function newAgents(count = AGENTS): Promise<[AgentView, ...AgentView[]]> {
    const team = await createTeam(admin, ['inbox.read']);
    const first = await createAgent(admin, team);
    return [first, ...(await Promise.all(Array.from({ length: count - 1 }, () => createAgent(admin, team))))];
  }

  async function presenceOf(agent: AgentView) {
    return (await admin.agents.get(agent.id)).presence;
  }

  /** States with their causes, in order; a stretch that ended in the moment it began is one too. */
  async function historyOf(agent: AgentView): Promise<[string, string][]> {
    const { rows } = await pool.query<{ state: string; cause: string }>(
      'select state, cause from presence_interval where agent_id = $1 order by started_at, ended_at nulls last, ctid',
      [agent.id],
    );
    return rows.map(({ state, cause }) => [state, cause]);
  }
});
