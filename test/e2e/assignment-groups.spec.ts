import { randomUUID } from 'node:crypto';
import pg from 'pg';
import type { MusterApi } from '#client';
import type { AgentView, ConversationView, TeamView } from '#contracts';
import { makeAvailable } from '../support/availability.js';
import { startNodes, type TestInstallation } from '../support/nodes.js';
import { createAgent, createTeam } from '../support/people.js';
import { problemOf } from '../support/problem.js';

const CAPACITY = 4;

describe('assignments that come at once and are committed together', () => {
  let installation: TestInstallation;
  let admin: MusterApi;
  let team: TeamView;
  let database: pg.Client;

  beforeAll(async () => {
    installation = await startNodes(1);
    admin = await installation.admin();
    team = await createTeam(admin, ['inbox.read', 'inbox.reply'], { capacity: CAPACITY });
    database = new pg.Client({ connectionString: installation.databaseUrl });
    await database.connect();
  });

  afterAll(async () => {
    await database.end();
    await installation.stop();
  });

  const open = (): Promise<ConversationView> => admin.conversations.create({ contact: { phone: '+5511987654321' } });
  const some = <T>(count: number, make: () => Promise<T>) => Promise.all(Array.from({ length: count }, make));
  const available = async (): Promise<AgentView> => makeAvailable(installation, admin, await createAgent(admin, team));
  const held = async ({ id }: AgentView) => (await admin.conversations.list({ assigneeId: id })).data.length;

  it('fill every agent and nobody beyond capacity; each says itself what it got, and is audited once', async () => {
    const agents = await some(3, available);
    const conversations = await some(3 * (CAPACITY + 3), open);
    const outcomes = await Promise.allSettled(
      conversations.map(({ id }, n) => admin.conversations.assign(id, { agentId: agents[n % 3]?.id })),
    );
    const granted = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []));
    expect(await Promise.all(agents.map(held))).toEqual([CAPACITY, CAPACITY, CAPACITY]);
    expect(granted.map(({ id, assignee }) => [id, assignee?.id])).toEqual(
      conversations.flatMap(({ id }, n) => (outcomes[n]?.status === 'fulfilled' ? [[id, agents[n % 3]?.id]] : [])),
    );
    expect(refused).toHaveLength(9);
    for (const error of refused) {
      expect(error).toMatchObject({ problem: { code: 'not_assignable', reasons: ['at_capacity'] } });
    }
    const entries = await Promise.all(
      granted.map(async ({ id }) => (await admin.audit.list({ targetId: id, action: 'conversation.assigned' })).data),
    );
    expect(entries.map((each) => each.length)).toEqual(granted.map(() => 1));
    expect(new Set(entries.map(([entry]) => entry?.requestId)).size).toBe(granted.length);
    expect(entries.map(([entry]) => entry?.after)).toEqual(
      granted.map(({ assignee }) => ({ assigneeId: assignee?.id })),
    );
  });

  it('one that is wrong fails alone', async () => {
    const [first, second] = await some(2, available);
    const [a, b, c, d] = await some(4, open);
    const assign = (id: string = randomUUID(), agentId = first?.id, ifMatch?: number) =>
      admin.conversations.assign(id, { agentId }, ifMatch === undefined ? {} : { ifMatch });
    const [one, other, unknown, nobody, stale, current] = await Promise.all([
      assign(a?.id),
      assign(a?.id, second?.id),
      problemOf(assign()),
      problemOf(assign(b?.id, randomUUID())),
      problemOf(assign(c?.id, first?.id, 7)),
      assign(d?.id, first?.id, d?.version),
    ]);
    // One of the two was done after the other, and took the conversation over; their answers may both show it.
    for (const answer of [one, other]) expect([first?.id, second?.id]).toContain(answer.assignee?.id);
    expect(unknown).toMatchObject({ status: 404 });
    expect(nobody).toMatchObject({ status: 422, errors: [{ code: 'agent_not_found' }] });
    expect(stale).toMatchObject({ code: 'stale_version' });
    expect(current).toMatchObject({ assignee: { id: first?.id }, version: (d?.version ?? 0) + 1 });
    const holdings = await Promise.all([first, second].map((agent) => agent && held(agent)));
    expect([
      [2, 0],
      [1, 1],
    ]).toContainEqual(holdings);
  });

  it('a request that is repeated is done once', async () => {
    const [agent] = await some(1, available);
    const [conversation] = await some(1, open);
    const assign = () =>
      admin.conversations.assign(
        conversation?.id ?? '',
        { agentId: agent?.id },
        { idempotencyKey: `again-${conversation?.id}` },
      );
    const first = await assign();
    const key = await database.query('select applied from idempotency_key where key = $1', [`again-${first.id}`]);
    expect(key.rows).toEqual([{ applied: true }]);
    await admin.conversations.unassign(first.id);
    expect(await assign()).toEqual(first);
    expect(await admin.conversations.get(first.id)).toMatchObject({ assignee: null });
  });

  it('nobody waits for a row that somebody else has locked', async () => {
    const [locked, free] = await some(2, available);
    const [mine, theirs, third] = await some(3, open);
    await database.query('begin');
    await database.query('select from agent where id = $1 for update', [locked?.id]);
    await database.query('select from conversation where id = $1 for update', [theirs?.id]);
    let isWaiting = true;
    const waiting = Promise.all([
      admin.conversations.assign(theirs?.id ?? '', { agentId: free?.id }),
      admin.conversations.assign(third?.id ?? '', { agentId: locked?.id }),
    ]).finally(() => (isWaiting = false));
    expect(await admin.conversations.assign(mine?.id ?? '', { agentId: free?.id })).toMatchObject({
      assignee: { id: free?.id },
    });
    expect(isWaiting).toBe(true);
    await database.query('commit');
    expect((await waiting).map(({ assignee }) => assignee?.id)).toEqual([free?.id, locked?.id]);
  });
});
