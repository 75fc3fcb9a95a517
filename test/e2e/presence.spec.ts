import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import pg from 'pg';
import type { MusterApi } from '#client';
import type { AgentView } from '#contracts';
import { Database } from '../../src/platform/database/database.js';
import { EventBus } from '../../src/platform/events/event-bus.js';
import { NodeLease } from '../../src/platform/nodes/node-lease.js';
import { PresenceService } from '../../src/presence/presence.service.js';
import { startNodes, type TestInstallation, type TestNode } from '../support/nodes.js';
import { createAgent, createTeam, loginAs } from '../support/people.js';
import { problemOf } from '../support/problem.js';

/** Longer than the grace of a lost connection. */
const LONG_MS = 11_000;
const SHORT_MS = 9_000;

describe('presence', () => {
  let installation: TestInstallation;
  let admin: MusterApi;
  let workspaceId: string;
  let here: PresenceService;
  let there: PresenceService;

  beforeAll(async () => {
    installation = await startNodes(2);
    admin = await installation.admin();
    workspaceId = (await admin.me()).workspace.id;
    [here, there] = installation.nodes.map((node) => node.app.get(PresenceService)) as [
      PresenceService,
      PresenceService,
    ];
  });

  afterAll(() => installation.stop());

  it('shows an agent as away until it chooses otherwise, and only while connected', async () => {
    const agent = await newAgent();
    const tab = await open(here, agent);
    expect(await presenceOf(agent)).toMatchObject({ state: 'away', availability: 'away', connected: true });
    await admin.agents.setPresence(agent.id, { availability: 'available' });
    expect(await presenceOf(agent)).toMatchObject({ state: 'available' });
    await here.connectionClosed(tab, { clean: true });
    expect(await presenceOf(agent)).toMatchObject({ state: 'offline', availability: 'available', connected: false });
  });

  it('is told to the agent, and of others only to who may read agents', async () => {
    const agent = await newAgent();
    const own = await loginAs(installation, agent);
    const { agent: boss } = await admin.me();
    expect(await own.agents.presence(agent.id)).toEqual((await admin.agents.get(agent.id)).presence);
    expect(await admin.agents.presence(agent.id)).toMatchObject({ state: 'offline', connected: false });
    expect(await problemOf(own.agents.presence(boss.id))).toMatchObject({ status: 403, permission: 'agents.read' });
    expect(await problemOf(admin.agents.presence(randomUUID()))).toMatchObject({ code: 'not_found' });
  });

  it('keeps an agent connected while another tab is open, on whatever node', async () => {
    const agent = await newAgent();
    const [first, second] = [await open(here, agent), await open(there, agent)];
    await here.connectionClosed(first, { clean: true });
    expect((await presenceOf(agent)).connected).toBe(true);
    await there.connectionClosed(second, { clean: true });
    expect((await presenceOf(agent)).connected).toBe(false);
  });

  it('gives a lost connection ten seconds of grace, and a clean close none', async () => {
    const agent = await newAgent();
    const tab = await open(here, agent);
    await here.connectionClosed(tab, { clean: false });
    installation.clock.advance(SHORT_MS);
    await there.sweep();
    expect((await presenceOf(agent)).connected).toBe(true);
    installation.clock.advance(LONG_MS - SHORT_MS);
    await there.sweep();
    expect((await presenceOf(agent)).connected).toBe(false);
  });

  it('shows nobody as gone who comes back within the grace', async () => {
    const agent = await newAgent();
    const tab = await open(here, agent);
    const before = await presenceOf(agent);
    await here.connectionClosed(tab, { clean: false });
    await open(there, agent);
    installation.clock.advance(LONG_MS);
    await here.sweep();
    expect(await presenceOf(agent)).toEqual(before);
  });

  it('keeps whom others thought lost connected, though PostgreSQL failed when their node came back', async () => {
    const agent = await newAgent();
    const tab = await open(here, agent);
    await query('update presence_connection set lost_at = $2 where id = $1', [tab, installation.clock.date()]);
    const [{ app }] = installation.nodes as [TestNode];
    const down = Object.assign(new Error('the database is starting up'), { code: '57P03' });
    const failing = jest.spyOn(app.get(Database), 'systemTransaction').mockRejectedValue(down);
    await app.get(EventBus).publish('node.revived', { nodeId: app.get(NodeLease).nodeId });
    expect(failing).toHaveBeenCalled();
    failing.mockRestore();
    installation.clock.advance(LONG_MS);
    await here.sweep();
    await there.sweep();
    expect((await presenceOf(agent)).connected).toBe(true);
    await here.connectionClosed(tab, { clean: true });
  });

  it('ends the connections of a node that died, after their grace', async () => {
    const agent = await newAgent();
    await query(
      `insert into presence_connection (id, workspace_id, agent_id, node_id, boot_id, connected_at)
       values ($1, $2, $3, 'a-dead-node', $4, now())`,
      [randomUUID(), workspaceId, agent.id, randomUUID()],
    );
    await query(`update agent_presence set connected = true, state = 'away' where agent_id = $1`, [agent.id]);
    await here.sweep();
    expect((await presenceOf(agent)).connected).toBe(true);
    installation.clock.advance(LONG_MS);
    await here.sweep();
    expect((await presenceOf(agent)).connected).toBe(false);
  });

  it('shows a deactivated agent as offline while still connected, and as chosen after re-activation', async () => {
    const agent = await newAgent();
    await open(here, agent);
    await admin.agents.setPresence(agent.id, { availability: 'busy' });
    await admin.agents.update(agent.id, { status: 'inactive' });
    expect(await presenceOf(agent)).toMatchObject({ state: 'offline', availability: 'busy' });
    await admin.agents.update(agent.id, { status: 'active' });
    expect(await presenceOf(agent)).toMatchObject({ state: 'busy', connected: true });
  });

  it("lets agents set their own availability, and others' only with the permission", async () => {
    const [agent, colleague] = [await newAgent(), await newAgent()];
    const api = await loginAs(installation, agent, installation.nodes[1]);
    expect(await api.agents.setPresence(agent.id, { availability: 'busy' })).toMatchObject({ availability: 'busy' });
    expect(await problemOf(api.agents.setPresence(colleague.id, { availability: 'busy' }))).toMatchObject({
      status: 403,
      permission: 'agents.presence',
    });
    expect((await problemOf(admin.agents.setPresence(randomUUID(), { availability: 'busy' }))).status).toBe(404);
  });

  it('keeps every stretch of time in one state, without gaps or overlaps', async () => {
    const agent = await newAgent();
    const tab = await open(here, agent);
    for (const availability of ['available', 'busy', 'available'] as const) {
      installation.clock.advance(1_000);
      await admin.agents.setPresence(agent.id, { availability });
    }
    installation.clock.advance(1_000);
    await here.connectionClosed(tab, { clean: true });
    const { rows } = await query(
      `select state, cause, started_at = lag(ended_at) over (order by started_at) as joins, ended_at is null as open
       from presence_interval where agent_id = $1 order by started_at`,
      [agent.id],
    );
    expect(rows.map((row) => [row.state, row.cause])).toEqual([
      ['offline', 'created'],
      ['away', 'connected'],
      ['available', 'set_by_other'],
      ['busy', 'set_by_other'],
      ['available', 'set_by_other'],
      ['offline', 'disconnected'],
    ]);
    expect(rows.slice(1).every((row) => row.joins)).toBe(true);
    expect(rows.map((row) => row.open)).toEqual([false, false, false, false, false, true]);
  });

  it('agrees on one state when tabs come and go on both nodes at once', async () => {
    const agent = await newAgent();
    const tabs = await Promise.all(Array.from({ length: 20 }, (_, index) => open(index % 2 ? here : there, agent)));
    await Promise.all(
      tabs.map((tab, index) => (index % 2 ? here : there).connectionClosed(tab, { clean: index !== 0 })),
    );
    expect((await presenceOf(agent)).connected).toBe(true);
    installation.clock.advance(LONG_MS);
    await Promise.all([here.sweep(), there.sweep()]);
    expect((await presenceOf(agent)).connected).toBe(false);
    const { rows } = await query(
      'select count(*)::int as open from presence_interval where agent_id = $1 and ended_at is null',
      [agent.id],
    );
    expect(rows[0].open).toBe(1);
  });

  async function newAgent(): Promise<AgentView> {
    return createAgent(admin, await createTeam(admin, ['inbox.read', 'inbox.reply']));
  }

  async function open(presence: PresenceService, agent: AgentView): Promise<string> {
    const id = randomUUID();
    await presence.connectionOpened({ id, workspaceId, agentId: agent.id });
    return id;
  }

  async function presenceOf(agent: AgentView) {
    return (await admin.agents.get(agent.id)).presence;
  }

  async function query(text: string, values: unknown[]) {
    const client = new pg.Client({ connectionString: installation.databaseUrl });
    await client.connect();
    try {
      return await client.query(text, values);
    } finally {
      await client.end();
    }
  }
});
