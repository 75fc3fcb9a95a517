import fc from 'fast-check';
import type { Direction } from '#contracts';
import { recordInteractions, toRow } from '../../src/interactions/record.queries.js';
import { eventually } from '../support/eventually.js';
import {
  conversationRow,
  edgesIn,
  edgesOf,
  interaction,
  NOW,
  type RecordingNodes,
  startRecordingNodes,
} from '../support/recording-nodes.js';
import { insertWorkspace } from '../support/workspace-rows.js';

let recording: RecordingNodes;

beforeAll(async () => {
  recording = await startRecordingNodes();
});

afterAll(() => recording.stop());

/** How many statements wait for a lock in this database. */
async function lockWaits(): Promise<number> {
  const { rows } = await recording.pool.query<{ n: number }>(
    `select count(*)::int as n from pg_locks join pg_stat_activity using (pid)
     where datname = current_database() and not granted`,
  );
  return rows[0]?.n ?? 0;
}

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
        const { id, conversations } = await insertWorkspace(recording.pool, { teams: 1, agents: 0, conversations: 3 });
        const all = happenings.map(({ conversation, direction, second, batch }) => ({
          batch,
          ...interaction({ conversationId: conversations[conversation], direction, at: NOW + second * 1_000 }),
        }));
        const batches = [...Map.groupBy(all, ({ batch }) => batch)].map(([, batch]) => batch);
        await Promise.all(batches.map((batch, n) => recording.nodes[n % 2].writer.record(id, batch)));
        for (const conversationId of conversations) {
          const expected = edgesOf(all.filter((one) => one.conversationId === conversationId));
          expect(edgesIn(await conversationRow(recording.pool, conversationId))).toEqual(expected);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('is exact one message at a time, and the version moves only with what is shown', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(happening, { minLength: 1, maxLength: 12 }), async (happenings) => {
        const { id, conversations } = await insertWorkspace(recording.pool, { teams: 1, agents: 0, conversations: 1 });
        const conversationId = conversations[0];
        const all: { direction: Direction; at: number }[] = [];
        let version = 1;
        for (const { direction, second } of happenings) {
          const before = edgesOf(all);
          const next = interaction({ conversationId, direction, at: NOW + second * 1_000 });
          all.push(next);
          await recording.nodes[0].writer.record(id, [next]);
          if (JSON.stringify(before) !== JSON.stringify(edgesOf(all))) version++;
          const row = await conversationRow(recording.pool, conversationId);
          expect(edgesIn(row)).toEqual(edgesOf(all));
          expect(row.version).toBe(version);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('sees messages that were committed while it waited for the conversation', async () => {
    const { id, conversations } = await insertWorkspace(recording.pool, { teams: 1, agents: 0, conversations: 1 });
    const conversationId = conversations[0];
    const at = (direction: Direction, second: number) =>
      interaction({ conversationId, direction, at: NOW + second * 1_000 });
    await recording.nodes[0].writer.record(id, [at('inbound', 1), at('inbound', 9)]);
    const other = await recording.pool.connect();
    await other.query('begin');
    await recordInteractions(
      other,
      new Date(),
      [at('inbound', 2), at('inbound', 4)].map((one) => toRow(id, one)),
    );
    const late = recording.nodes[1].writer.record(id, [at('outbound', 3)]);
    await eventually(lockWaits, (waiting) => waiting === 1);
    await other.query('commit');
    other.release();
    await late;
    expect(edgesIn(await conversationRow(recording.pool, conversationId)).waiting).toBe(NOW + 4_000);
  });

  it('tells of each change of a conversation with the state it has afterwards', async () => {
    const { id, conversations } = await insertWorkspace(recording.pool, { teams: 1, agents: 0, conversations: 1 });
    const conversationId = conversations[0];
    for (const [direction, at] of [
      ['inbound', NOW],
      ['inbound', NOW + 2_000],
      ['outbound', NOW + 1_000],
      ['outbound', NOW + 3_000],
    ] as const) {
      await recording.nodes[0].writer.record(id, [interaction({ conversationId, direction, at })]);
    }
    const told = recording.nodes[0].states.filter((state) => state.id === conversationId);
    expect(told.map(({ version, waitingSince }) => [version, waitingSince])).toEqual([
      [2, NOW],
      [3, NOW],
      [4, NOW + 2_000],
      [5, null],
    ]);
  });
});
