import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { MusterApi } from '#client';
import type { AgentView, Ack, Problem, RosterSnapshot, TeamView } from '#contracts';
import { EventBus } from '../../src/platform/events/event-bus.js';
import { connectRedis } from '../../src/platform/redis/redis-connections.js';
import { eventually } from '../support/eventually.js';
import { FollowedRoster, PlainSocket, sorted } from '../support/live.js';
import { startNodes, type TestInstallation } from '../support/nodes.js';
import { createAgent, createTeam } from '../support/people.js';
import { type RedisProxy, startRedisProxy } from '../support/redis-proxy.js';
import { testServices } from '../support/services.js';

/** Each node has a way to Redis of its own. */
describe('live views through faults of Redis', () => {
  let installation: TestInstallation;
  let admin: MusterApi;
  let token: string;
  let team: TeamView;
  let agent: AgentView;
  let redis: Redis;
  let proxies: RedisProxy[];
  const opened: PlainSocket[] = [];

  beforeAll(async () => {
    redis = connectRedis(testServices().redisUrl, {});
    proxies = await Promise.all([0, 1].map(() => startRedisProxy(testServices().redisUrl)));
    const variables = { REDIS_URL: proxies[0].url };
    installation = await startNodes(1, variables);
    variables.REDIS_URL = proxies[1].url;
    await installation.start();
    admin = await installation.admin();
    token = (await admin.credentials.bearer()) ?? '';
    team = await createTeam(admin, ['inbox.read', 'inbox.reply']);
    agent = await createAgent(admin, team);
  });

  afterEach(() => opened.splice(0).forEach((plain) => plain.close()));
  afterAll(async () => {
    await installation.stop();
    await Promise.all(proxies.map((proxy) => proxy.stop()));
    redis.disconnect();
  });

  it('begin again when Redis was emptied', async () => {
    const views = [await follow(0), await follow(1)];
    await redis.del(await keys());
    await passBoundary();
    for (const [node, view] of views.entries()) await expectRepaired(view, node);
  });

  it('begin again when Redis came back without its last entries', async () => {
    const view = await follow(1);
    const [head] = (await keys()).filter((key) => key.endsWith(':head'));
    await redis.hset(head, 'run', 'an earlier run of Redis');
    await rename();
    await expectRepaired(view, 1);
  });

  it('begin again when a node died that may have kept something to itself', async () => {
    const view = await follow(1);
    await installation.node.app.get(EventBus).publish('node.died', { nodeId: 'another' });
    await expectRepaired(view, 1);
  });

  it('go on across a cut in which nothing happened', async () => {
    const view = await follow(0);
    proxies[0].cut();
    await eventually(readiness, (status) => status === 'degraded');
    proxies[0].mend();
    await eventually(readiness, (status) => status === 'ready');
    const name = await rename();
    await eventually(
      () => view.rows.get(agent.id)?.name,
      (shown) => shown === name,
    );
    expect([view.resyncs, view.errors]).toEqual([[], []]);
  });

  it('stay readable while Redis is away, say nothing meanwhile, and repair afterwards', async () => {
    const view = await follow(0);
    for (const proxy of proxies) proxy.cut();
    await eventually(readiness, (status) => status === 'degraded');
    const name = await rename();
    const aside = await roster(0);
    expect(aside.rows.find(({ id }) => id === agent.id)?.name).toBe(name);
    expect(aside.epoch).not.toBe(view.epoch);
    const socket = await connect(1);
    const refused = (await socket.ask('subscribe', { topic: 'roster' })) as Ack<never> & { error: Problem };
    expect(refused.error).toMatchObject({ code: 'live_unavailable', retryable: true });
    const { heartbeats } = view;
    await passBoundary();
    expect([view.heartbeats, view.frames]).toEqual([heartbeats, 0]);

    for (const proxy of proxies) proxy.mend();
    await expectRepaired(view, 0);
  });

  it('show on other nodes what a node committed that can not reach Redis', async () => {
    const view = await follow(1);
    await roster(1);
    proxies[0].cut();
    await eventually(readiness, (status) => status === 'degraded');
    const name = await rename();
    expect((await roster(0)).rows.find(({ id }) => id === agent.id)?.name).toBe(name);
    await eventually(
      () => view.resyncs,
      (resyncs) => resyncs.includes('epoch'),
    );
    const other = await roster(1);
    expect(other.rows.find(({ id }) => id === agent.id)?.name).toBe(name);
    proxies[0].mend();
    await eventually(readiness, (status) => status === 'ready');
  });

  async function follow(node: number): Promise<FollowedRoster> {
    return new FollowedRoster(await connect(node)).subscribe();
  }

  /** The view was told to begin again; when it does, it is what every node says. */
  async function expectRepaired(view: FollowedRoster, node: number): Promise<void> {
    await eventually(
      () => view.resyncs,
      (resyncs) => resyncs.includes('epoch'),
    );
    expect(view.errors).toEqual([]);
    const { epoch, offset } = view;
    const again = await eventually(
      () => connect(node).then((plain) => new FollowedRoster(plain).subscribe({ epoch, offset }).catch(() => null)),
      (followed) => followed !== null,
    );
    expect(again?.mode).toBe('snapshot');
    await rename();
    const snapshot = await roster(1 - node);
    await again?.reach(snapshot);
    expect(again?.errors).toEqual([]);
    expect(again?.snapshot).toEqual({ rows: sorted(snapshot.rows), teams: sorted(snapshot.teams) });
  }

  async function rename(): Promise<string> {
    const name = `Agent ${randomUUID()}`;
    await admin.agents.update(agent.id, { name });
    return name;
  }

  /** Makes the nodes look at their feeds, as they do every five seconds. */
  async function passBoundary(): Promise<void> {
    installation.clock.advance(5_000);
    await roster(0);
  }

  async function connect(node: number): Promise<PlainSocket> {
    const plain = await PlainSocket.connect(`${installation.nodes[node].url}/dashboard`, token);
    opened.push(plain);
    return plain;
  }

  async function roster(node: number): Promise<RosterSnapshot> {
    const response = await fetch(`${installation.nodes[node].url}/api/v1/dashboard/roster`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(response.status).toBe(200);
    return (await response.json()) as RosterSnapshot;
  }

  async function readiness(): Promise<string> {
    const response = await fetch(`${installation.node.url}/readyz`);
    return ((await response.json()) as { status: string }).status;
  }

  function keys(): Promise<string[]> {
    return redis.keys(`{${installation.redisPrefix}:*`);
  }
});
