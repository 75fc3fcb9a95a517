import { Redis } from 'ioredis';
import type { MusterApi } from '#client';
import type { AgentView, ConversationView, TeamView } from '#contracts';
import { ConversationQueue } from '../../src/conversations/conversation-queue.js';
import { Database, sql } from '../../src/platform/database/database.js';
import { makeAvailable } from '../support/availability.js';
import { eventually } from '../support/eventually.js';
import { startNodes, type TestInstallation } from '../support/nodes.js';
import { createAgent, createTeam } from '../support/people.js';
import { startRedisProxy, type RedisProxy } from '../support/redis-proxy.js';
import { testServices } from '../support/services.js';

describe('the queue of conversations that nobody has', () => {
  let installation: TestInstallation;
  let proxy: RedisProxy;
  let admin: MusterApi;
  let database: Database;

  beforeAll(async () => {
    proxy = await startRedisProxy(testServices().redisUrl);
    installation = await startNodes(2, { REDIS_URL: proxy.url });
    admin = await installation.admin();
    database = installation.node.app.get(Database);
  });

  afterAll(async () => {
    await installation.stop();
    await proxy.stop();
  });

  const autoTeam = (rest: Partial<TeamView> = {}) =>
    createTeam(admin, ['inbox.read', 'inbox.reply'], { autoAssign: true, ...rest });
  const available = (agent: AgentView) => makeAvailable(installation, admin, agent);
  const open = (team: TeamView) =>
    admin.conversations.create({ contact: { phone: '+5511987654321' }, teamId: team.id });
  const assigneeOf = async ({ id }: ConversationView) => (await admin.conversations.get(id)).assignee?.id ?? null;
  const given = (conversation: ConversationView, agent: AgentView) =>
    eventually(
      () => assigneeOf(conversation),
      (id) => id === agent.id,
    );
  /** Everything that asked for an offer to the team has been seen to. */
  const settled = ({ id }: TeamView) =>
    eventually(
      async () =>
        (
          await database.pool.query(
            `select from outbox where topic = 'conversations.offer' and key = $1 and done_at is null`,
            [id],
          )
        ).rowCount,
      (unfinished) => unfinished === 0,
    );

  it('is off unless the team has it on, which is audited and gives out what waits', async () => {
    const team = await createTeam(admin, ['inbox.read', 'inbox.reply']);
    expect(team.autoAssign).toBe(false);
    const agent = await available(await createAgent(admin, team));
    const conversation = await open(team);
    await installation.node.app.get(ConversationQueue).sweep();
    await settled(team);
    expect(await assigneeOf(conversation)).toBeNull();
    expect(await admin.teams.update(team.id, { autoAssign: true })).toMatchObject({ autoAssign: true });
    await given(conversation, agent);
    const { data } = await admin.audit.list({ targetId: team.id, action: 'team.updated' });
    expect(data[0]).toMatchObject({ before: { autoAssign: false }, after: { autoAssign: true } });
    const [entry] = (await admin.audit.list({ targetId: conversation.id, limit: 1 })).data;
    expect(entry).toMatchObject({ action: 'conversation.assigned', actor: { kind: 'system' } });
  });

  it('gives what waits longest to who becomes available, as far as there is room, and the rest as room comes', async () => {
    const team = await autoTeam({ capacity: 2 });
    const waiting = [await open(team), await open(team), await open(team)];
    const agent = await available(await createAgent(admin, team));
    await given(waiting[1], agent);
    await settled(team);
    expect(await Promise.all(waiting.map(assigneeOf))).toEqual([agent.id, agent.id, null]);
    await admin.conversations.resolve(waiting[0].id);
    await given(waiting[2], agent);
  });

  it.each([
    [
      'an agent comes back from being busy',
      async (agent: AgentView) => {
        await admin.agents.setPresence(agent.id, { availability: 'busy' });
        return () => admin.agents.setPresence(agent.id, { availability: 'available' });
      },
    ],
    [
      'an agent gets more room',
      async (agent: AgentView) => {
        await admin.agents.update(agent.id, { capacity: 0 });
        return () => admin.agents.update(agent.id, { capacity: null });
      },
    ],
    [
      'an agent comes from another team',
      async (agent: AgentView, team: TeamView) => {
        await admin.agents.update(agent.id, { teamId: (await createTeam(admin, ['inbox.read', 'inbox.reply'])).id });
        return () => admin.agents.update(agent.id, { teamId: team.id });
      },
    ],
    [
      'the team may answer',
      async (_: AgentView, team: TeamView) => {
        await admin.teams.update(team.id, { permissions: ['inbox.read'] });
        return () => admin.teams.update(team.id, { permissions: ['inbox.read', 'inbox.reply'] });
      },
    ],
    [
      'the team gets more room',
      async (_: AgentView, team: TeamView) => {
        await admin.teams.update(team.id, { capacity: 0 });
        return () => admin.teams.update(team.id, { capacity: 1 });
      },
    ],
  ])('gives out when %s', async (_, hinder) => {
    const team = await autoTeam();
    const agent = await available(await createAgent(admin, team));
    const mend = await hinder(agent, team);
    const conversation = await open(team);
    await settled(team);
    expect(await assigneeOf(conversation)).toBeNull();
    await mend();
    expect(await given(conversation, agent)).toBe(agent.id);
  });

  it('gives out what is transferred to the team', async () => {
    const team = await autoTeam();
    const agent = await available(await createAgent(admin, team));
    const conversation = await open(await createTeam(admin, []));
    await admin.conversations.transfer(conversation.id, team.id);
    expect(await given(conversation, agent)).toBe(agent.id);
  });

  it('spreads over the least loaded, and gives what is reopened to who had it, if that agent can take it', async () => {
    const team = await autoTeam({ capacity: 4 });
    const agents = [await available(await createAgent(admin, team)), await available(await createAgent(admin, team))];
    const conversations: ConversationView[] = [];
    for (let count = 0; count < 6; count++) conversations.push(await open(team));
    const holders = () => Promise.all(conversations.map(assigneeOf));
    const spread = await eventually(holders, (ids) => ids.every((id) => id !== null));
    for (const { id } of agents) expect(spread.filter((holder) => holder === id)).toHaveLength(3);
    const [first, second] = conversations.filter((_, n) => spread[n] === agents[0].id);
    // Somebody else has less to do, and the agent who had it gets it nevertheless.
    const others = conversations.filter((_, n) => spread[n] === agents[1].id);
    for (const { id } of others) await admin.conversations.resolve(id);
    await admin.conversations.resolve(first.id);
    await admin.conversations.reopen(first.id);
    await given(first, agents[0]);
    await admin.conversations.resolve(second.id);
    await admin.agents.setPresence(agents[0].id, { availability: 'busy' });
    await admin.conversations.reopen(second.id);
    await given(second, agents[1]);
  });

  it('never gives more than the capacity while others assign by hand on two nodes', async () => {
    const team = await autoTeam({ capacity: 3 });
    const agents = await Promise.all(Array.from({ length: 4 }, () => createAgent(admin, team).then(available)));
    const other = await installation.admin(installation.nodes[1]);
    const conversations = await Promise.all(Array.from({ length: 20 }, () => open(team)));
    await Promise.allSettled(
      conversations.map(({ id }) => other.conversations.assign(id, { strategy: 'least-loaded', teamId: team.id })),
    );
    const loads = () => Promise.all(agents.map(async ({ id }) => (await admin.agents.get(id)).load.open));
    expect(await eventually(loads, (all) => all.every((load) => load >= 3))).toEqual([3, 3, 3, 3]);
    await settled(team);
    expect(await loads()).toEqual([3, 3, 3, 3]);
  });

  it('loses nothing while Redis is away, or when its queue is emptied', async () => {
    const team = await autoTeam();
    const agent = await available(await createAgent(admin, team));
    proxy.cut();
    const conversation = await open(team);
    expect(await assigneeOf(conversation)).toBeNull();
    await emptyQueues();
    proxy.mend();
    await given(conversation, agent);
  });

  it('finds by its sweep what nobody asked for', async () => {
    const team = await autoTeam();
    const agent = await available(await createAgent(admin, team, { capacity: 0 }));
    const conversation = await open(team);
    await settled(team);
    const { workspace } = await admin.me();
    await database.transaction(workspace.id, async (em) => {
      await sql(em, 'update agent set capacity = 5 where id = $1', [agent.id]);
      // As if what asks for it had failed.
      await sql(em, 'delete from outbox where key = $1', [team.id]);
    });
    await installation.node.app.get(ConversationQueue).sweep();
    expect(await given(conversation, agent)).toBe(agent.id);
  });

  async function emptyQueues(): Promise<void> {
    const redis = new Redis(testServices().redisUrl.replace('unix://', ''));
    const keys = await redis.keys(`${installation.redisPrefix}:bull:*`);
    if (keys.length > 0) await redis.del(keys);
    await redis.quit();
  }
});
