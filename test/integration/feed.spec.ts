import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { MusterApi } from '#client';
import type { TeamView } from '#contracts';
import { bucketOf } from '../../src/density/window.js';
import { EventBus } from '../../src/platform/events/event-bus.js';
import { connectRedis } from '../../src/platform/redis/redis-connections.js';
import { RosterFeed } from '../../src/roster/feed/feed.js';
import type { FeedEntry } from '../../src/roster/feed/feed-entry.js';
import { FeedTailer } from '../../src/roster/feed/feed-tailer.js';
import { LiveRoster } from '../../src/roster/live-roster.js';
import type { Projection } from '../../src/roster/projection/projection.js';
import { eventually } from '../support/eventually.js';
import { sorted } from '../support/live.js';
import { startNodes, type TestInstallation, type TestNode } from '../support/nodes.js';
import { createAgent, createTeam } from '../support/people.js';
import { testServices } from '../support/services.js';

describe('the feed of a workspace', () => {
  let installation: TestInstallation;
  let admin: MusterApi;
  let team: TeamView;
  let redis: Redis;
  let feeds: RosterFeed[];
  let workspaceId: string;

  beforeAll(async () => {
    redis = connectRedis(testServices().redisUrl, {});
    installation = await startNodes(2);
    admin = await installation.admin();
    workspaceId = (await admin.me()).workspace.id;
    team = await createTeam(admin, ['inbox.read', 'inbox.reply']);
    feeds = installation.nodes.map(({ app }) => app.get(RosterFeed));
  });

  afterAll(async () => {
    await installation.stop();
    redis.disconnect();
  });

  it('counts without a hole, whoever appends, and says once that a boundary has passed', async () => {
    const feed = randomUUID();
    const first = await feeds[0].look(feed);
    installation.clock.advance(5_000);
    await Promise.all(feeds.map((each) => each.look(feed)));
    await Promise.all(Array.from({ length: 40 }, (_, n) => feeds[n % 2].append(feed, [presence(n), presence(n)])));
    const entries = await feeds[1].after(feed, first.start - 1);
    expect(entries.map(({ offset }) => offset)).toEqual(Array.from({ length: 82 }, (_, n) => first.start + n));
    expect(new Set(entries.map(({ bucket }) => bucket))).toEqual(new Set([first.bucket, first.bucket + 1]));
    expect(entries.filter(({ change }) => !change.presences)).toHaveLength(2);
    const times = entries.map(({ at }) => at);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(first.bucket).toBe(bucketOf(first.at));
  });

  it('begins an epoch when it is new, told to, emptied, or of another run of Redis', async () => {
    const feed = randomUUID();
    await feeds[0].newEpochIfKnown(feed, 'nothing to renew');
    expect(await redis.exists(feeds[0].stream(feed))).toBe(0);
    const heads = [await feeds[0].look(feed)];
    await feeds[1].newEpochIfKnown(feed, 'a test');
    heads.push(await feeds[0].look(feed));
    await redis.hset(`${feeds[0].stream(feed)}:head`, 'run', 'an earlier one');
    heads.push(await feeds[0].look(feed));
    await redis.del(feeds[0].stream(feed), `${feeds[0].stream(feed)}:head`);
    heads.push(await feeds[0].look(feed));
    expect(new Set(heads.map(({ epoch }) => epoch)).size).toBe(4);
    expect(heads.map(({ offset }) => offset)).toEqual([1, 2, 3, 1]);
    expect(heads.map(({ start }) => start)).toEqual([1, 2, 3, 1]);
    const [entry] = await feeds[0].after(feed, 0);
    expect(entry.epoch).toBe(heads[3].epoch);
  });

  it('reaches its followers in order, also those who come while another waits', async () => {
    const tailer = installation.nodes[1].app.get(FeedTailer);
    const all = [randomUUID(), randomUUID()];
    const seen: FeedEntry[][] = [[], []];
    const stops = [];
    for (const [n, feed] of all.entries()) {
      const { offset } = await feeds[0].look(feed);
      stops.push(tailer.follow(feed, offset, (entries) => seen[n].push(...entries)));
      await feeds[0].append(feed, [presence(n)]);
      await eventually(
        () => seen[n].length,
        (length) => length === 1,
        800,
      );
    }
    stops[0]();
    for (let n = 0; n < 30; n++) await Promise.all(all.map((feed) => feeds[n % 2].append(feed, [presence(n)])));
    await eventually(
      () => seen[1].length,
      (length) => length === 31,
    );
    expect(seen[0].length).toBeLessThan(3);
    const offsets = seen[1].map(({ offset }) => offset);
    expect(offsets).toEqual(Array.from({ length: 31 }, (_, n) => offsets[0] + n));
  });

  it('has what was published together in few entries', async () => {
    const feed = randomUUID();
    const { offset } = await feeds[0].look(feed);
    const bus = installation.node.app.get(EventBus);
    const published = Array.from({ length: 500 }, (_, n) =>
      bus.publish('presence.changed', { workspaceId: feed, presences: presence(n).presences }),
    );
    await Promise.all(published);
    const entries = await feeds[0].after(feed, offset);
    expect(entries.flatMap(({ change }) => change.presences ?? [])).toHaveLength(500);
    expect(entries.length).toBeLessThan(20);
  });

  it('shows the same on a node that comes later, down to when each row last changed', async () => {
    const early = installation.node;
    const agents = [await createAgent(admin, team), await createAgent(admin, team), await createAgent(admin, team)];
    await current(early);
    await admin.agents.update(agents[0].id, { name: 'First' });
    await keptJournal(early);
    await admin.agents.update(agents[1].id, { name: 'Second' });
    await admin.agents.delete(agents[2].id);
    await admin.teams.update(team.id, { capacity: 7 });
    const late = await installation.start();
    const [before, after] = [await current(early), await current(late)];
    expect(rowsOf(after)).toEqual(rowsOf(before));
    expect(sorted(after.teams())).toEqual(sorted(before.teams()));
    expect(after.epoch).toBe(before.epoch);
    expect(after.history.floor).toBeLessThan(before.standing(agents[1].id)?.row.v ?? 0);
  });

  it('begins anew when it forgot what it told, as after a replica that lagged took over', async () => {
    const { epoch, offset } = await current(installation.node);
    const agent = await createAgent(admin, team);
    expect((await current(installation.node)).offset).toBeGreaterThan(offset);
    const stream = feeds[0].stream(workspaceId);
    await redis.hset(`${stream}:head`, 'offset', offset);
    await redis.del(stream);
    const after = await current(installation.node);
    expect(after.epoch).not.toBe(epoch);
    expect(after.standing(agent.id)?.row.name).toBe(agent.name);
  });

  it('begins anew for a node that finds too much of it gone', async () => {
    const before = await current(installation.node);
    const stream = feeds[0].stream(workspaceId);
    await redis.del(`${stream}:journal`);
    await redis.xtrim(stream, 'MAXLEN', 0);
    const late = await current(await installation.start());
    expect(late.epoch).not.toBe(before.epoch);
    const again = await current(installation.node);
    expect([again.epoch, rowsOf(again)]).toEqual([late.epoch, rowsOf(late)]);
  });

  function presence(n: number) {
    const agentId = `agent-${n % 7}`;
    return {
      presences: [
        { agentId, state: 'away' as const, availability: 'away' as const, connected: true, since: n, version: n + 1 },
      ],
    };
  }

  function current({ app }: TestNode): Promise<Projection> {
    return app.get(LiveRoster).current(workspaceId);
  }

  function rowsOf(projection: Projection) {
    return sorted([...projection.standings()].map(({ row }) => row));
  }

  /** Passes boundaries until the node has kept a journal of what it shows. */
  async function keptJournal(node: TestNode): Promise<void> {
    const { offset } = await current(node);
    await redis.del(`${feeds[0].stream(workspaceId)}:turn`);
    await eventually(
      async () => {
        installation.clock.advance(5_000);
        await current(node);
        return (await feeds[0].journal(workspaceId))?.offset ?? 0;
      },
      (kept) => kept > offset,
    );
  }
});
