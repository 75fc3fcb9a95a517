import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import type { PoolClient } from 'pg';
import { countsByBucket } from '../../src/density/history.queries.js';
import { DensityRollup } from '../../src/density/density-rollup.js';
import { DensityUpkeep } from '../../src/density/density-upkeep.js';
import { recordInteractions, type RecordRow } from '../../src/interactions/record.queries.js';
import { Config } from '../../src/platform/config/config.js';
import { Database } from '../../src/platform/database/database.js';
import { inSnapshot } from '../../src/platform/database/snapshot.js';
import { JobSchedule } from '../../src/platform/jobs/job-schedule.js';
import { schema } from '../../src/schema.js';
import { testConfig } from '../support/config.js';
import { TestClock } from '../support/clock.js';
import { createDatabase } from '../support/database.js';
import { insertWorkspace, type WorkspaceRows } from '../support/workspace-rows.js';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** Beyond it, it is counted in steps. */
const MUCH = 3;
/** The brute force: what is stored, minute by minute. */
const STORED_SQL = `
select workspace_id, date_trunc('minute', at) as minute, team_id, agent_id,
  count(*) filter (where direction = 'inbound')::int as inbound,
  count(*) filter (where direction = 'outbound')::int as outbound
from interaction group by 1, 2, 3, 4 order by 1, 2, 3, 4`;
const COUNTED_SQL = `
select workspace_id, minute, team_id, agent_id, inbound, outbound from density_minute order by 1, 2, 3, 4`;

let drop: () => Promise<void>;
let database: Database;
let config: Config;
let rollup: DensityRollup;

beforeAll(async () => {
  const created = await createDatabase();
  drop = created.drop;
  database = await Database.open({ url: created.url, ...schema });
  config = testConfig({ DATABASE_URL: created.url });
  rollup = new DensityRollup(database, new JobSchedule(config));
});

afterAll(async () => {
  await database.close();
  await drop();
});

const rows = async (sql: string) => (await database.pool.query<Record<string, unknown>>(sql)).rows;

/** Everything that happened to the counts, one step after the other; what is open commits later than it began. */
class Stage {
  private readonly open: PoolClient[] = [];
  private readonly sent: RecordRow[] = [];

  constructor(private readonly workspaces: WorkspaceRows[]) {}

  async record(inserts: Insert[]): Promise<void> {
    await recordInteractions(
      database.pool,
      new Date(),
      inserts.map((insert) => this.rowOf(insert)),
    );
  }

  /** Stores in a transaction that stays open: by hand, for recording holds conversations until it commits. */
  async begin(inserts: Insert[]): Promise<void> {
    if (this.open.length >= 3) return this.commit();
    const client = await database.pool.connect();
    this.open.push(client);
    await client.query('begin; set local idle_in_transaction_session_timeout = 0');
    for (const { which, age, inbound } of inserts) {
      const { id, teams, agents } = this.workspaces[which % this.workspaces.length];
      const agent = which % 3 === 0 ? null : (agents[which % agents.length]?.id ?? null);
      const direction = inbound ? 'inbound' : 'outbound';
      await client.query('insert into interaction values ($1, $2, $3, $4, $5, $6, $7, now())', [
        ...[id, randomUUID(), randomUUID(), agent, teams[which % teams.length], direction, new Date(Date.now() - age)],
      ]);
    }
  }

  async commit(): Promise<void> {
    const client = this.open.shift();
    await client?.query('commit');
    client?.release();
  }

  async rollBack(): Promise<void> {
    const client = this.open.pop();
    await client?.query('rollback');
    client?.release();
  }

  async end(): Promise<void> {
    while (this.open.length > 0) await this.commit();
  }

  /** A row of a new id, or of one that was sent before. */
  private rowOf({ which, age, inbound, again }: Insert): RecordRow {
    const earlier = this.sent[which % Math.max(1, this.sent.length)];
    if (again && earlier) return earlier;
    const workspace = this.workspaces[which % this.workspaces.length];
    const row: RecordRow = {
      workspace_id: workspace.id,
      id: randomUUID(),
      conversation_id: workspace.conversations[which % 4] ?? '',
      agent_id: null,
      direction: inbound ? 'inbound' : 'outbound',
      at: new Date(Date.now() - age).toISOString(),
    };
    this.sent.push(row);
    return row;
  }
}

const insert = fc.record({
  which: fc.nat(1_000),
  age: fc.oneof(fc.integer({ min: -5 * MINUTE, max: 3 * MINUTE }), fc.integer({ min: 0, max: 7 * DAY })),
  inbound: fc.boolean(),
  again: fc.boolean(),
});
type Insert = typeof insert extends fc.Arbitrary<infer T> ? T : never;

const step = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('record' as const), inserts: fc.array(insert, { maxLength: 8 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('begin' as const), inserts: fc.array(insert, { maxLength: 4 }) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('commit', 'rollBack', 'rollUp', 'rollUpTwice') }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('rollUpStep') }) },
);

async function take(stage: Stage, one: typeof step extends fc.Arbitrary<infer T> ? T : never): Promise<void> {
  if ('inserts' in one) return stage[one.kind](one.inserts);
  if (one.kind === 'rollUp') await rollup.run();
  else if (one.kind === 'rollUpStep') await rollup.run(AbortSignal.abort(), MUCH);
  else if (one.kind === 'rollUpTwice') await Promise.all([rollup.run(), rollup.run(), rollup.run()]);
  else await stage[one.kind]();
}

describe('the minutes', () => {
  it('count what is stored, whatever came late, twice, dated ahead, or committed long after it began', async () => {
    const workspaces = await Promise.all(
      [0, 1].map(() => insertWorkspace(database.pool, { teams: 2, agents: 3, conversations: 4 })),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
        const stage = new Stage(workspaces);
        try {
          for (const one of steps) {
            await take(stage, one);
            await expectReadsExact(workspaces);
          }
        } finally {
          await stage.end();
        }
        await rollup.run();
        expect(await rows(COUNTED_SQL)).toEqual(await rows(STORED_SQL));
      }),
      { numRuns: 15 },
    );
  });

  it('are right again after a restore into a server whose transactions count from elsewhere', async () => {
    const stage = new Stage([await insertWorkspace(database.pool, { teams: 1, agents: 2, conversations: 4 })]);
    const some = Array.from({ length: 20 }, (_, which) => ({
      which,
      age: which * MINUTE,
      inbound: which % 2 === 0,
      again: false,
    }));
    await stage.record(some);
    await rollup.run();
    await database.pool.query('update interaction set xid = xid + 1000000000');
    await database.pool.query("update density_watermark set snapshot = '1000000500:1000000500:'");
    await stage.record(some);
    await rollup.run();
    expect(await rows(COUNTED_SQL)).toEqual(await rows(STORED_SQL));
    await stage.record(some);
    await rollup.run();
    expect(await rows(COUNTED_SQL)).toEqual(await rows(STORED_SQL));
  });

  it('are counted an hour a transaction where there is much, and go on where they were stopped', async () => {
    const stage = new Stage([await insertWorkspace(database.pool, { teams: 1, agents: 2, conversations: 4 })]);
    await rollup.run();
    const hours = [0, 1, 2, 3, 30];
    await stage.record(
      hours.flatMap((hour) => [0, 1].map((which) => ({ which, age: hour * 60 * MINUTE, inbound: true, again: false }))),
    );
    const isUnderWay = async () => (await rows('select goal is not null as yes from density_watermark'))[0].yes;
    const stopped = AbortSignal.abort();
    for (let hour = 0; hour < 3; hour++) {
      await rollup.run(stopped, MUCH);
      expect(await isUnderWay()).toBe(true);
    }
    await stage.record([{ which: 0, age: 30 * 60 * MINUTE, inbound: false, again: false }]);
    expect(await rollup.run(undefined, MUCH)).toBeGreaterThan(0);
    expect(await isUnderWay()).toBe(false);
    expect(await rows(COUNTED_SQL)).toEqual(await rows(STORED_SQL));
  });

  it('are kept in partitions of months, and forgotten when they are older than what is kept', async () => {
    const clock = new TestClock();
    const { id } = await insertWorkspace(database.pool, { teams: 0, agents: 0, conversations: 0 });
    const ages = [1, 399, 500];
    for (const days of ages) {
      const values = [id, new Date(clock.now() - days * DAY)];
      await database.pool.query('insert into density_minute values ($1, $2, null, null, 1, 0)', values);
    }
    await database.pool.query("select ensure_density_partitions((now() - interval '600 days')::date, now()::date)");
    await new DensityUpkeep(database, new JobSchedule(config), config, clock).run();
    const kept = await database.pool.query('select minute from density_minute where workspace_id = $1', [id]);
    expect(kept.rowCount).toBe(2);
    const parts = await rows('select tableoid::regclass::text as part from density_minute group by 1 order by 1');
    expect(parts.every(({ part }) => /^density_minute_\d{6}$/.test(String(part)))).toBe(true);
  });
});

/** What a reader sees is what is stored, before and after it was rolled up. */
async function expectReadsExact(workspaces: WorkspaceRows[]): Promise<void> {
  const [from, to] = [new Date(Math.floor(Date.now() / DAY) * DAY - 8 * DAY), new Date(Date.now() + DAY)];
  for (const { id: workspaceId } of workspaces) {
    await inSnapshot(database.pool, async (client) => {
      const read = await countsByBucket(client, { workspaceId, from, to }, 3_600);
      const stored = await client.query<{ at: number; inbound: number; outbound: number }>(
        `select extract(epoch from date_trunc('hour', at))::float8 * 1000 as at,
           count(*) filter (where direction = 'inbound')::int as inbound,
           count(*) filter (where direction = 'outbound')::int as outbound
         from interaction where workspace_id = $1 group by 1 order by 1`,
        [workspaceId],
      );
      expect([...read].map(([at, tally]) => ({ at, ...tally }))).toEqual(stored.rows);
    });
  }
}
