import { randomUUID } from 'node:crypto';
import type { Interaction } from '../../src/interactions/interaction-input.js';
import {
  conversationRow,
  edgesIn,
  edgesOf,
  interaction,
  NOW,
  type RecordingNodes,
  startRecordingNodes,
} from '../support/recording-nodes.js';
import { insertWorkspace, type WorkspaceRows } from '../support/workspace-rows.js';

let recording: RecordingNodes;

beforeAll(async () => {
  recording = await startRecordingNodes();
});

afterAll(() => recording.stop());

describe('counting once', () => {
  it('counts 10,000 interactions, shuffled and a fifth of them twice, from 4 clients on two nodes exactly', async () => {
    const workspace = await insertWorkspace(recording.pool, { teams: 5, agents: 40, conversations: 300 });
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
          seen.push(...(await recording.nodes[client % 2].writer.record(workspace.id, batch)));
        }
        return seen;
      }),
    );
    expect(count(outcomes.flat())).toEqual({ accepted: 10_000, duplicate: 2_000 });
    await expectStored(workspace, distinct);
    await expectEdges(distinct);
    expectIncrements(workspace, distinct);
  });

  it('counts an id once in one batch, whatever else it says, and the first that can be counted', async () => {
    const { id, conversations } = await insertWorkspace(recording.pool, { teams: 1, agents: 1, conversations: 2 });
    const [first = '', second = ''] = conversations;
    const outcomes = await recording.nodes[0].writer.record(id, [
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
    expect(await recording.nodes[1].writer.record(id, again)).toEqual(['duplicate', 'conversation_not_found']);
    const { rows } = await recording.pool.query('select id, conversation_id from interaction where workspace_id = $1', [
      id,
    ]);
    expect(rows).toEqual(
      expect.arrayContaining([
        { id: 'a', conversation_id: first },
        { id: 'b', conversation_id: second },
      ]),
    );
    expect(rows).toHaveLength(2);
  });

  it('keeps the ids of workspaces apart', async () => {
    const one = await insertWorkspace(recording.pool, { teams: 1, agents: 0, conversations: 1 });
    const other = await insertWorkspace(recording.pool, { teams: 1, agents: 0, conversations: 1 });
    const results = await Promise.all(
      [one, other].map(({ id, conversations: [conversationId = ''] }) =>
        recording.nodes[0].writer.record(id, [interaction({ id: 'same', conversationId })]),
      ),
    );
    expect(results).toEqual([['accepted'], ['accepted']]);
  });

  it('does not know conversations and agents of another workspace, nor deleted agents', async () => {
    const { id, agents, conversations } = await insertWorkspace(recording.pool, {
      teams: 1,
      agents: 2,
      conversations: 1,
    });
    const other = await insertWorkspace(recording.pool, { teams: 1, agents: 1, conversations: 1 });
    await recording.pool.query('update agent set deleted_at = now() where id = $1', [agents[1].id]);
    const conversationId = conversations[0];
    const outcomes = await recording.nodes[0].writer.record(id, [
      interaction({ conversationId: other.conversations[0] }),
      interaction({ conversationId, agentId: other.agents[0].id }),
      interaction({ conversationId, agentId: agents[1].id }),
    ]);
    expect(outcomes).toEqual(['conversation_not_found', 'agent_not_found', 'agent_not_found']);
    const keys = await recording.pool.query('select 1 from interaction_key where workspace_id = any($1)', [
      [id, other.id],
    ]);
    expect(keys.rowCount).toBe(0);
    expect((await conversationRow(recording.pool, other.conversations[0])).version).toBe(1);
  });

  it('counts for the assignee unless an agent is named, and for the team where nobody is assigned', async () => {
    const { id, teams, agents, conversations } = await insertWorkspace(recording.pool, {
      teams: 2,
      agents: 2,
      conversations: 3,
    });
    await recording.nodes[0].writer.record(id, [
      interaction({ id: '1', conversationId: conversations[0] }),
      interaction({ id: '2', conversationId: conversations[0], agentId: agents[1].id }),
      interaction({ id: '3', conversationId: conversations[2] }),
    ]);
    const { rows } = await recording.pool.query(
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
    const { id, conversations } = await insertWorkspace(recording.pool, { teams: 1, agents: 0, conversations: 1 });
    const conversationId = conversations[0];
    const { writer } = recording.nodes[0];
    const results = await Promise.allSettled([
      ...Array.from({ length: 5 }, () => writer.record(id, [interaction({ conversationId })])),
      writer.record(id, [interaction({ conversationId }), interaction({ conversationId, id: 'nul\u0000' })]),
      ...Array.from({ length: 5 }, () => writer.record(id, [interaction({ conversationId })])),
    ]);
    expect(results.map((result) => result.status).filter((status) => status === 'rejected')).toHaveLength(1);
    const { rows } = await recording.pool.query('select count(*)::int as n from interaction where workspace_id = $1', [
      id,
    ]);
    expect(rows).toEqual([{ n: 10 }]);
  });
});

async function expectStored(workspace: WorkspaceRows, distinct: Interaction[]): Promise<void> {
  const { rows } = await recording.pool.query<{ id: string; at: Date; direction: string }>(
    'select id, at, direction from interaction where workspace_id = $1',
    [workspace.id],
  );
  const key = (one: { id: string; at: Date | number; direction: string }) =>
    `${one.id} ${one.direction} ${new Date(one.at).getTime()}`;
  expect(rows.map(key).toSorted()).toEqual(distinct.map(key).toSorted());
}

async function expectEdges(distinct: Interaction[]): Promise<void> {
  for (const [id, all] of Map.groupBy(distinct, (one) => one.conversationId)) {
    expect(edgesIn(await conversationRow(recording.pool, id))).toEqual(edgesOf(all));
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
  const told = recording.nodes
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
