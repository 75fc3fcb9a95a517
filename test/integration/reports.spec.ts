import fc from 'fast-check';
import type { OccupancyReportRow, PresenceState } from '#contracts';
import { Database } from '../../src/platform/database/database.js';
import { PagedReportQuery } from '../../src/reports/reports.query.js';
import { ReportsService } from '../../src/reports/reports.service.js';
import { schema } from '../../src/schema.js';
import { TestClock } from '../support/clock.js';
import { testConfig } from '../support/config.js';
import { createDatabase } from '../support/database.js';
import { type AgentHistory, insertHistory, type Message, type Minutes } from '../support/history-rows.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** An hour that is over; histories count minutes from it. */
const ZERO = Math.floor(Date.now() / HOUR) * HOUR - 48 * HOUR;
const STATES: PresenceState[] = ['available', 'busy', 'away', 'offline'];

let drop: () => Promise<void>;
let database: Database;
let reports: ReportsService;

beforeAll(async () => {
  const created = await createDatabase();
  drop = created.drop;
  database = await Database.open({ url: created.url, ...schema });
  reports = new ReportsService(database, testConfig({ DATABASE_URL: created.url }), new TestClock());
});

afterAll(async () => {
  await database.close();
  await drop();
});

const query = (from: number, to: number, rest: Partial<PagedReportQuery> = {}) =>
  Object.assign(new PagedReportQuery(), {
    from: new Date(ZERO + from * MINUTE).toISOString(),
    to: new Date(ZERO + to * MINUTE).toISOString(),
    ...rest,
  });

/** By hand: see each line of the test. */
const EXAMPLE: AgentHistory = {
  presence: [
    { from: -60, to: 10, state: 'away' },
    { from: 10, to: 40, state: 'available' },
    { from: 40, to: 50, state: 'busy' },
    { from: 50, to: null, state: 'offline' },
  ],
  had: [
    { from: 15, to: 30 },
    { from: 25, to: 45 },
    { from: 48, to: 70 },
  ],
  messages: [
    { conversation: 1, at: 12, direction: 'inbound' },
    { conversation: 1, at: 14, direction: 'inbound' },
    { conversation: 1, at: 20, direction: 'outbound' },
    { conversation: 1, at: 30, direction: 'inbound' },
    { conversation: 1, at: 31, direction: 'outbound' },
    { conversation: 1, at: 33, direction: 'outbound' },
    { conversation: 2, at: -30, direction: 'inbound' },
    { conversation: 2, at: 5, direction: 'outbound' },
  ],
};

describe('reports of presence and occupancy', () => {
  it('are those of an hour computed by hand', async () => {
    const { id } = await insertHistory(database.pool, ZERO, [EXAMPLE]);
    const { data: presence } = await reports.presence(id, query(0, 60));
    expect(presence[0]?.timeMs).toEqual({
      available: 30 * MINUTE,
      busy: 10 * MINUTE,
      away: 10 * MINUTE,
      offline: 10 * MINUTE,
    });
    expect(presence[0]?.presentShare).toBeCloseTo(40 / 60);
    const { data: occupancy } = await reports.occupancy(id, query(0, 60));
    const { agent: _, team: __, ...row } = occupancy[0];
    expect(row).toEqual({
      presentMs: 40 * MINUTE,
      availableMs: 30 * MINUTE,
      // 15 to 45 and 48 to 50.
      occupiedMs: 32 * MINUTE,
      occupancy: 32 / 40,
      // 15, 20, and 12 of 22.
      openMs: 47 * MINUTE,
      // 15, 20 and 2, of 40.
      concurrency: 37 / 40,
      handled: { count: 2, averageMs: 17.5 * MINUTE, medianMs: 17.5 * MINUTE, longestMs: 20 * MINUTE },
      // From 12 to 20, from 30 to 31, from -30 to 5; what follows an answer answers nobody.
      waited: { count: 3, averageMs: Math.round((44 * MINUTE) / 3), medianMs: 8 * MINUTE, longestMs: 35 * MINUTE },
      inbound: 3,
      outbound: 4,
      interactionsPerAvailableHour: 14,
    });
  });

  it('add up agents to teams, and say nothing of what nobody knows', async () => {
    const nobody: AgentHistory = { presence: [], had: [], messages: [] };
    const { id, teams } = await insertHistory(database.pool, ZERO, [EXAMPLE, nobody, EXAMPLE]);
    const { data } = await reports.occupancy(id, query(0, 60, { groupBy: 'team' }));
    expect(data).toMatchObject([
      { agent: null, team: { id: teams[0] }, presentMs: 80 * MINUTE, occupancy: 32 / 40, concurrency: 37 / 40 },
    ]);
    expect(data[0]).toMatchObject({ handled: { count: 4, averageMs: 17.5 * MINUTE }, inbound: 6, outbound: 8 });
    const { data: agents } = await reports.occupancy(id, query(0, 60));
    const unknown = agents.find(({ presentMs }) => presentMs === 0);
    expect(unknown).toMatchObject({ occupancy: null, concurrency: null, interactionsPerAvailableHour: null });
    expect(unknown?.handled).toEqual({ count: 0, averageMs: null, medianMs: null, longestMs: null });
  });

  it('come in pages that neither repeat nor skip anybody', async () => {
    const { id, agents } = await insertHistory(
      database.pool,
      ZERO,
      Array.from({ length: 5 }, () => EXAMPLE),
    );
    const seen: (string | undefined)[] = [];
    for (let cursor: string | undefined, more = true; more;) {
      const { data, page } = await reports.presence(id, query(0, 60, { limit: 2, ...(cursor && { cursor }) }));
      seen.push(...data.map(({ agent }) => agent?.id));
      cursor = page.next ?? undefined;
      more = page.hasMore;
    }
    expect(seen).toEqual(agents.map((agent) => agent.id).sort());
  });

  it('equal a count minute by minute', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(history, { minLength: 1, maxLength: 3 }), stretch, async (histories, [from, to]) => {
        const { id, agents } = await insertHistory(database.pool, ZERO, histories);
        const { data: rows } = await reports.occupancy(id, query(from, to));
        const { data: times } = await reports.presence(id, query(from, to));
        for (const [index, { id: agentId }] of agents.entries()) {
          const { timeMs, ...expected } = bruteForce(histories[index], from, to);
          expect(rows.find(({ agent }) => agent?.id === agentId)).toMatchObject(expected);
          expect(times.find(({ agent }) => agent?.id === agentId)).toMatchObject({ timeMs });
        }
      }),
      { numRuns: 40 },
    );
  });
});

const minute = fc.integer({ min: -60, max: 180 });
const stretch = fc.tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 61, max: 150 }));

const history: fc.Arbitrary<AgentHistory> = fc.record({
  presence: fc.array(fc.tuple(minute, fc.constantFrom(...STATES)), { maxLength: 8 }).map(inOneRow),
  had: fc.array(
    fc.tuple(minute, fc.option(fc.nat(90))).map(([from, length]) => ({ from, to: length ? from + length : null })),
    { maxLength: 6 },
  ),
  messages: fc.array(
    fc.record<Message>({
      conversation: fc.nat(1),
      at: minute,
      direction: fc.constantFrom('inbound', 'outbound'),
    }),
    { maxLength: 12 },
  ),
});

/** One stretch after the other; the last one lasts. */
function inOneRow(changes: [number, PresenceState][]): AgentHistory['presence'] {
  const sorted = changes.toSorted(([a], [b]) => a - b);
  return sorted.map(([from, state], index) => ({ from, to: sorted[index + 1]?.[0] ?? null, state }));
}

const holds = ({ from, to }: Minutes, at: number) => from <= at && (to === null || at < to);

function bruteForce({ presence, had, messages }: AgentHistory, from: number, to: number) {
  const timeMs = { available: 0, busy: 0, away: 0, offline: 0 };
  let [occupiedMs, openMs, openWhilePresent] = [0, 0, 0];
  for (let at = from; at < to; at++) {
    const state = presence.find((one) => holds(one, at))?.state;
    const open = had.filter((one) => holds(one, at)).length;
    const isPresent = state === 'available' || state === 'busy';
    if (state) timeMs[state] += MINUTE;
    if (isPresent && open > 0) occupiedMs += MINUTE;
    openMs += open * MINUTE;
    if (isPresent) openWhilePresent += open * MINUTE;
  }
  const presentMs = timeMs.available + timeMs.busy;
  const lengths = had.flatMap((one) => (one.to !== null && one.to > from && one.to <= to ? [one.to - one.from] : []));
  const within = messages.filter(({ at }) => at >= from && at < to);
  const counted = within.length / (timeMs.available / HOUR);
  return {
    timeMs,
    presentMs,
    availableMs: timeMs.available,
    occupiedMs,
    occupancy: presentMs === 0 ? null : occupiedMs / presentMs,
    openMs,
    concurrency: presentMs === 0 ? null : openWhilePresent / presentMs,
    handled: summary(lengths),
    waited: summary(waits(messages, from, to)),
    inbound: within.filter(({ direction }) => direction === 'inbound').length,
    outbound: within.filter(({ direction }) => direction === 'outbound').length,
    interactionsPerAvailableHour: timeMs.available === 0 ? null : counted,
  } satisfies Partial<OccupancyReportRow> & { timeMs: object };
}

/** How long whoever was answered within the stretch had waited. */
function waits(messages: Message[], from: number, to: number): number[] {
  const found: number[] = [];
  for (const conversation of [0, 1]) {
    let since: number | null = null;
    const own = messages.filter((message) => message.conversation === conversation);
    for (const { at, direction } of own.toSorted((a, b) => a.at - b.at || (a.direction < b.direction ? -1 : 1))) {
      if (direction === 'inbound') since ??= at;
      else {
        if (since !== null && at >= from && at < to) found.push(at - since);
        since = null;
      }
    }
  }
  return found;
}

function summary(minutes: number[]) {
  if (minutes.length === 0) return { count: 0, averageMs: null, medianMs: null, longestMs: null };
  const sorted = minutes.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  const median = (sorted[Math.floor(middle)] + sorted[Math.ceil(middle)]) / 2;
  const average = minutes.reduce((total, one) => total + one, 0) / minutes.length;
  return {
    count: minutes.length,
    averageMs: Math.round(average * MINUTE),
    medianMs: Math.round(median * MINUTE),
    longestMs: Math.max(...minutes) * MINUTE,
  };
}
