import fc from 'fast-check';
import { randomUUID } from 'node:crypto';
import type { Direction } from '#contracts';
import { schema } from '../../src/schema.js';
import type { Interaction } from '../../src/interactions/interaction-input.js';
import { InteractionWriter } from '../../src/interactions/interaction-writer.js';
import { Repeats } from '../../src/interactions/repeats.js';
import { recordInteractions, toRow } from '../../src/interactions/record.queries.js';
import type { Increment } from '../../src/interactions/interaction.events.js';
import { Clock } from '../../src/platform/clock.js';
import { Database } from '../../src/platform/database/database.js';
import { EventBus } from '../../src/platform/events/event-bus.js';
import { createDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { insertWorkspace, type WorkspaceRows } from '../support/workspace-rows.js';

/** One node's writer, and what it told of. */
interface Node {
  database: Database;
  writer: InteractionWriter;
  increments: Increment[];
  xids: string[];
  states: { id: string; version: number; waitingSince: number | null }[];
}

interface ConversationRow {
  id: string;
  last_inbound_at: Date | null;
  last_outbound_at: Date | null;
  waiting_since: Date | null;
  version: number;
}

const NOW = Date.now();
let drop: () => Promise<void>;
let nodes: [Node, Node];

beforeAll(async () => {
  const created = await createDatabase();
  drop = created.drop;
  nodes = [await startNode(created.url), await startNode(created.url)];
});

afterAll(async () => {
  await Promise.all(nodes.map(({ database }) => database.close()));
  await drop();
});

async function startNode(url: string): Promise<Node> {
  const database = await Database.open({ url, ...schema });
  const bus = new EventBus();
  const node: Node = {
    database,
    writer: new InteractionWriter(database, bus, new Clock(), new Repeats(database, bus, new Clock())),
    increments: [],
    xids: [],
    states: [],
  };
  bus.on('interactions.recorded', ({ increments, xid }) => {
    node.increments.push(...increments);
    node.xids.push(xid);
  });
  bus.on('conversation.changed', ({ conversations }) => void node.states.push(...conversations));
  return node;
}

const pool = () => nodes[0].database.pool;

function interaction(rest: Partial<Interaction> & Pick<Interaction, 'conversationId'>): Interaction {
  return { index: 0, id: randomUUID(), agentId: null, direction: 'inbound', at: NOW, ...rest };
}

/** How many statements wait for a lock in this database. */
async function lockWaits(): Promise<number> {
  const { rows } = await pool().query<{ n: number }>(
    `select count(*)::int as n from pg_locks join pg_stat_activity using (pid)
     where datname = current_database() and not granted`,
  );
  return rows[0]?.n ?? 0;
}

async function conversationRow(id: string): Promise<ConversationRow> {
  const { rows } = await pool().query<ConversationRow>('select * from conversation where id = $1', [id]);
  return rows[0];
}

/** What a conversation must show of all that was recorded of it. */
function edgesOf(all: { direction: Direction; at: number }[]) {
  const times = (direction: Direction) => all.filter((one) => one.direction === direction).map((one) => one.at);
  const answered = times('outbound').toSorted((a, b) => b - a)[0] ?? null;
  const unanswered = times('inbound').filter((at) => answered === null || at > answered);
  return {
    inbound: times('inbound').toSorted((a, b) => b - a)[0] ?? null,
    outbound: answered,
    waiting: unanswered.toSorted((a, b) => a - b)[0] ?? null,
  };
}

function edgesIn(row: ConversationRow) {
  const ms = (date: Date | null) => date?.getTime() ?? null;
  return { inbound: ms(row.last_inbound_at), outbound: ms(row.last_outbound_at), waiting: ms(row.waiting_since) };
}

describe('counting once', () => {
  it('counts 10,000 interactions, shuffled and a fifth of them twice, from 4 clients on two nodes exactly', async () => {
    const workspace = await insertWorkspace(pool(), { teams: 5, agents: 40, conversations: 300 });
    const distinct = Array.from({ length: 10_000 }, (_, n) =>
      interaction({
        id: `message-${n}`,
        conversationId: pick(workspace.conversations),
        agentId: n % 3 === 0 ? pick(workspace.agents).id : null,
        direction: n % 2 === 0 ? 'inbound' : 'outbound',
        at: NOW - Math.floor(Math.random() * 3_600_000),
      }),
    );
    const sent = shuffle([...distinct, ...distinct.filter((_, n) => n % 5 === 0)]);
    const batches = chunk(sent, 100);
    const outcomes = await Promise.all(
      [0, 1, 2, 3].map(async (client) => {
        const seen: string[] = [];
        for (const batch of batches.filter((_, n) => n % 4 === client)) {
          seen.push(...(await nodes[client % 2].writer.record(workspace.id, batch)));
        }
        return seen;
      }),
    );
    expect(count(outcomes.flat())).toEqual({ accepted: 10_000, duplicate: 2_000 });
    await expectStored(workspace, distinct);
    await expectEdges(distinct);
    expectIncrements(workspace, distinct);
  }, 60_000);

  it('counts an id once in one batch, whatever else it says, and the first that can be counted', async () => {
    const { id, conversations } = await insertWorkspace(pool(), { teams: 1, agents: 1, conversations: 2 });
    const [first = '', second = ''] = conversations;
    const outcomes = await nodes[0].writer.record(id, [
      interaction({ id: 'a', conversationId: randomUUID() }),
      interaction({ id: 'a', conversationId: first }),
      interaction({ id: 'a', conversationId: second, direction: 'outbound', at: NOW - 1_000 }),
      interaction({ id: 'b', conversationId: second }),
    ]);
    expect(outcomes).toEqual(['conversation_not_found', 'accepted', 'duplicate', 'accepted']);
    const again = [
      interaction({ id: 'a', conversationId: second, at: NOW - 5_000 }),
      interaction({ id: 'b', conversationId: randomUUID() }),
    ];
    expect(await nodes[1].writer.record(id, again)).toEqual(['duplicate', 'conversation_not_found']);
    const { rows } = await pool().query('select id, conversation_id from interaction where workspace_id = $1', [id]);
    expect(rows).toEqual(
      expect.arrayContaining([
        { id: 'a', conversation_id: first },
        { id: 'b', conversation_id: second },
      ]),
    );
    expect(rows).toHaveLength(2);
  });

  it('keeps the ids of workspaces apart', async () => {
    const one = await insertWorkspace(pool(), { teams: 1, agents: 0, conversations: 1 });
    const other = await insertWorkspace(pool(), { teams: 1, agents: 0, conversations: 1 });
    const results = await Promise.all(
      [one, other].map(({ id, conversations: [conversationId = ''] }) =>
        nodes[0].writer.record(id, [interaction({ id: 'same', conversationId })]),
      ),
    );
    expect(results).toEqual([['accepted'], ['accepted']]);
  });

  it('does not know conversations and agents of another workspace, nor deleted agents', async () => {
    const { id, agents, conversations } = await insertWorkspace(pool(), { teams: 1, agents: 2, conversations: 1 });
    const other = await insertWorkspace(pool(), { teams: 1, agents: 1, conversations: 1 });
    await pool().query('update agent set deleted_at = now() where id = $1', [agents[1].id]);
    const conversationId = conversations[0];
    const outcomes = await nodes[0].writer.record(id, [
      interaction({ conversationId: other.conversations[0] }),
      interaction({ conversationId, agentId: other.agents[0].id }),
      interaction({ conversationId, agentId: agents[1].id }),
    ]);
    expect(outcomes).toEqual(['conversation_not_found', 'agent_not_found', 'agent_not_found']);
    const keys = await pool().query('select 1 from interaction_key where workspace_id = any($1)', [[id, other.id]]);
    expect(keys.rowCount).toBe(0);
    expect((await conversationRow(other.conversations[0])).version).toBe(1);
  });

  it('counts for the assignee unless an agent is named, and for the team where nobody is assigned', async () => {
    const { id, teams, agents, conversations } = await insertWorkspace(pool(), {
      teams: 2,
      agents: 2,
      conversations: 3,
    });
    await nodes[0].writer.record(id, [
      interaction({ id: '1', conversationId: conversations[0] }),
      interaction({ id: '2', conversationId: conversations[0], agentId: agents[1].id }),
      interaction({ id: '3', conversationId: conversations[2] }),
    ]);
    const { rows } = await pool().query(
      'select id, agent_id, team_id from interaction where workspace_id = $1 order by id',
      [id],
    );
    expect(rows).toEqual([
      { id: '1', agent_id: agents[0].id, team_id: teams[0] },
      { id: '2', agent_id: agents[1].id, team_id: teams[1] },
      { id: '3', agent_id: null, team_id: teams[0] },
    ]);
  });

  it('lets a request that can not be stored fail alone', async () => {
    const { id, conversations } = await insertWorkspace(pool(), { teams: 1, agents: 0, conversations: 1 });
    const conversationId = conversations[0];
    const { writer } = nodes[0];
    const results = await Promise.allSettled([
      ...Array.from({ length: 5 }, () => writer.record(id, [interaction({ conversationId })])),
      writer.record(id, [interaction({ conversationId }), interaction({ conversationId, id: 'nul\u0000' })]),
      ...Array.from({ length: 5 }, () => writer.record(id, [interaction({ conversationId })])),
    ]);
    expect(results.map((result) => result.status).filter((status) => status === 'rejected')).toHaveLength(1);
    const { rows } = await pool().query('select count(*)::int as n from interaction where workspace_id = $1', [id]);
    expect(rows).toEqual([{ n: 10 }]);
  });
});

describe('who waits, and since when', () => {
  const happening = fc.record({
    conversation: fc.nat({ max: 2 }),
    direction: fc.constantFrom<Direction>('inbound', 'outbound'),
    second: fc.nat({ max: 12 }),
    batch: fc.nat({ max: 7 }),
  });

  it('is exact whatever order, batch and node the messages come in', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(happening, { minLength: 1, maxLength: 40 }), async (happenings) => {
        const { id, conversations } = await insertWorkspace(pool(), { teams: 1, agents: 0, conversations: 3 });
        const all = happenings.map(({ conversation, direction, second, batch }) => ({
          batch,
          ...interaction({ conversationId: conversations[conversation], direction, at: NOW + second * 1_000 }),
        }));
        const batches = [...Map.groupBy(all, ({ batch }) => batch)].map(([, batch]) => batch);
        await Promise.all(batches.map((batch, n) => nodes[n % 2].writer.record(id, batch)));
        for (const conversationId of conversations) {
          const expected = edgesOf(all.filter((one) => one.conversationId === conversationId));
          expect(edgesIn(await conversationRow(conversationId))).toEqual(expected);
        }
      }),
      { numRuns: 150 },
    );
  }, 120_000);

  it('is exact one message at a time, and the version moves only with what is shown', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(happening, { minLength: 1, maxLength: 12 }), async (happenings) => {
        const { id, conversations } = await insertWorkspace(pool(), { teams: 1, agents: 0, conversations: 1 });
        const conversationId = conversations[0];
        const all: { direction: Direction; at: number }[] = [];
        let version = 1;
        for (const { direction, second } of happenings) {
          const before = edgesOf(all);
          const next = interaction({ conversationId, direction, at: NOW + second * 1_000 });
          all.push(next);
          await nodes[0].writer.record(id, [next]);
          if (JSON.stringify(before) !== JSON.stringify(edgesOf(all))) version++;
          const row = await conversationRow(conversationId);
          expect(edgesIn(row)).toEqual(edgesOf(all));
          expect(row.version).toBe(version);
        }
      }),
      { numRuns: 40 },
    );
  }, 120_000);

  it('sees messages that were committed while it waited for the conversation', async () => {
    const { id, conversations } = await insertWorkspace(pool(), { teams: 1, agents: 0, conversations: 1 });
    const conversationId = conversations[0];
    const at = (direction: Direction, second: number) =>
      interaction({ conversationId, direction, at: NOW + second * 1_000 });
    await nodes[0].writer.record(id, [at('inbound', 1), at('inbound', 9)]);
    const other = await pool().connect();
    await other.query('begin');
    await recordInteractions(
      other,
      new Date(),
      [at('inbound', 2), at('inbound', 4)].map((one) => toRow(id, one)),
    );
    const late = nodes[1].writer.record(id, [at('outbound', 3)]);
    await eventually(lockWaits, (waiting) => waiting === 1);
    await other.query('commit');
    other.release();
    await late;
    expect(edgesIn(await conversationRow(conversationId)).waiting).toBe(NOW + 4_000);
  });

  it('tells of each change of a conversation with the state it has afterwards', async () => {
    const { id, conversations } = await insertWorkspace(pool(), { teams: 1, agents: 0, conversations: 1 });
    const conversationId = conversations[0];
    for (const [direction, at] of [
      ['inbound', NOW],
      ['inbound', NOW + 2_000],
      ['outbound', NOW + 1_000],
      ['outbound', NOW + 3_000],
    ] as const) {
      await nodes[0].writer.record(id, [interaction({ conversationId, direction, at })]);
    }
    const told = nodes[0].states.filter((state) => state.id === conversationId);
    expect(told.map(({ version, waitingSince }) => [version, waitingSince])).toEqual([
      [2, NOW],
      [3, NOW],
      [4, NOW + 2_000],
      [5, null],
    ]);
  });
});

async function expectStored(workspace: WorkspaceRows, distinct: Interaction[]): Promise<void> {
  const { rows } = await pool().query<{ id: string; at: Date; direction: string }>(
    'select id, at, direction from interaction where workspace_id = $1',
    [workspace.id],
  );
  const key = (one: { id: string; at: Date | number; direction: string }) =>
    `${one.id} ${one.direction} ${new Date(one.at).getTime()}`;
  expect(rows.map(key).toSorted()).toEqual(distinct.map(key).toSorted());
}

async function expectEdges(distinct: Interaction[]): Promise<void> {
  for (const [id, all] of Map.groupBy(distinct, (one) => one.conversationId)) {
    expect(edgesIn(await conversationRow(id))).toEqual(edgesOf(all));
  }
}

/** What the nodes told adds up to what is stored, agent by agent and bucket by bucket. */
function expectIncrements(workspace: WorkspaceRows, distinct: Interaction[]): void {
  const teamOf = new Map(workspace.agents.map((agent) => [agent.id, agent.teamId]));
  const assigneeOf = new Map(workspace.conversations.map((id, n) => [id, workspace.agents[n]?.id ?? null]));
  const expected = distinct.map(({ conversationId, agentId, direction, at }) => {
    const agent = agentId ?? assigneeOf.get(conversationId) ?? null;
    return `${agent} ${agent ? teamOf.get(agent) : workspace.teams[0]} ${Math.floor(at / 5_000)} ${direction}`;
  });
  const told = nodes
    .flatMap((node) => node.increments)
    .filter(({ teamId }) => workspace.teams.includes(teamId ?? ''))
    .flatMap(({ agentId, teamId, bucket, inbound, outbound }) => [
      ...Array<string>(inbound).fill(`${agentId} ${teamId} ${bucket} inbound`),
      ...Array<string>(outbound).fill(`${agentId} ${teamId} ${bucket} outbound`),
    ]);
  expect(count(told)).toEqual(count(expected));
}

function count(values: string[]): Record<string, number> {
  return Object.fromEntries([...Map.groupBy(values, (value) => value)].map(([value, all]) => [value, all.length]));
}

function pick<T>(values: readonly T[]): T {
  return values[Math.floor(Math.random() * values.length)];
}

function shuffle<T>(values: T[]): T[] {
  return values
    .map((value) => ({ value, key: Math.random() }))
    .toSorted((a, b) => a.key - b.key)
    .map(({ value }) => value);
}

function chunk<T>(values: T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(values.length / size) }, (_, n) => values.slice(n * size, (n + 1) * size));
}
