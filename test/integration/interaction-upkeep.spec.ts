import { randomUUID } from 'node:crypto';
import { DensityRollup } from '../../src/density/density-rollup.js';
import { InteractionUpkeep } from '../../src/interactions/interaction-upkeep.js';
import { Clock } from '../../src/platform/clock.js';
import { Database } from '../../src/platform/database/database.js';
import { JobSchedule } from '../../src/platform/jobs/job-schedule.js';
import { schema } from '../../src/schema.js';
import { testConfig } from '../support/config.js';
import { createDatabase } from '../support/database.js';

const DAY = 24 * 3600 * 1000;
const NOON = Date.UTC(2027, 5, 15, 12);

class SetClock extends Clock {
  override now(): number {
    return NOON;
  }
}

let drop: () => Promise<void>;
let database: Database;

beforeAll(async () => {
  const created = await createDatabase();
  drop = created.drop;
  database = await Database.open({ url: created.url, ...schema });
});

afterAll(async () => {
  await database.close();
  await drop();
});

function upkeep(clock: Clock, variables: Record<string, string> = {}): InteractionUpkeep {
  const config = testConfig(variables);
  const schedule = new JobSchedule(config);
  return new InteractionUpkeep(database, new DensityRollup(database, schedule), schedule, config, clock);
}

async function store(at: number): Promise<void> {
  const values = [randomUUID(), randomUUID(), randomUUID(), new Date(at)];
  await database.pool.query("insert into interaction values ($1, $2, $3, null, null, 'inbound', $4, $4)", values);
}

async function partitions(): Promise<Record<string, number>> {
  const { rows } = await database.pool.query<{ name: string; n: number }>(
    'select tableoid::regclass::text as name, count(*)::int as n from interaction group by 1',
  );
  return Object.fromEntries(rows.map(({ name, n }) => [name, n]));
}

describe('upkeep of interactions', () => {
  it('makes the partitions of the days around now, and moves what was stored before they were there', async () => {
    for (const days of [-8, -1, 0, 2, 40]) await store(NOON + days * DAY);
    expect(await partitions()).toEqual({ interaction_default: 5 });
    await upkeep(new SetClock()).run();
    expect(await partitions()).toEqual({
      interaction_20270607: 1,
      interaction_20270614: 1,
      interaction_20270615: 1,
      interaction_20270617: 1,
      interaction_default: 1,
    });
    await store(NOON + DAY);
    expect(await partitions()).toMatchObject({ interaction_20270616: 1, interaction_default: 1 });
  });

  it('can be done by several nodes at once', async () => {
    const nodes = Array.from({ length: 4 }, () => upkeep(new Clock()));
    await database.pool.query("select ensure_interaction_partitions('2030-01-01', '2030-01-02')");
    await expect(Promise.all(nodes.map((node) => node.run()))).resolves.toHaveLength(4);
  });

  it('forgets keys after 9 days, not before', async () => {
    for (const [id, days] of [
      ['old', -9.01],
      ['young', -8.99],
      ['new', 0],
    ] as const) {
      const values = [randomUUID(), id, new Date(NOON + days * DAY)];
      await database.pool.query('insert into interaction_key values ($1, $2, $3)', values);
    }
    await upkeep(new SetClock()).run();
    const { rows } = await database.pool.query('select id from interaction_key order by id');
    expect(rows).toEqual([{ id: 'new' }, { id: 'young' }]);
  });

  it('keeps interactions for ever, or for as long as it is told, and their counts in any case', async () => {
    await database.pool.query("select ensure_interaction_partitions('2027-05-14', '2027-05-16')");
    for (const days of [-60, -32, -31, -30]) await store(NOON + days * DAY);
    const total = async () => Object.values(await partitions()).reduce((sum, n) => sum + n, 0);
    const before = await total();
    await upkeep(new SetClock()).run();
    expect(await total()).toBe(before);
    await upkeep(new SetClock(), { MUSTER_KEEP_INTERACTIONS_DAYS: '31' }).run();
    expect(await total()).toBe(before - 2);
    const { rows } = await database.pool.query<{ n: number }>('select sum(inbound)::int as n from density_minute');
    expect(rows[0]?.n).toBe(before);
  });
});
