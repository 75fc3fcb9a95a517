/** Lets go of what is older than what is kept. Nobody waits for it for long, and what one run leaves the next one takes. */
import { type Database, sql } from './database.js';

const BATCH = 10_000;

/** Tables whose rows are stretches of time; `started_at` has an index that finds old ones. */
type Intervals = 'presence_interval' | 'assignment_interval';

/** Drops the partitions of days or months that ended by `before`. Gives way to whoever reads the table. */
export async function dropPartitions(
  database: Database,
  parent: 'interaction' | 'density_minute',
  before: Date,
): Promise<number> {
  return database.systemTransaction(async (em) => {
    await sql(em, "set local lock_timeout = '500ms'");
    await sql(em, `delete from ${parent}_default where ${TIME[parent]} < $1`, [before]);
    const [row] = await sql<{ dropped: number }>(em, DROP_SQL, [parent, before]);
    return row?.dropped ?? 0;
  });
}

/** Deletes stretches of time that ended before. */
export async function forgetIntervals(database: Database, table: Intervals, before: Date): Promise<void> {
  for (let deleted = BATCH; deleted === BATCH;) {
    const { rowCount } = await database.pool.query(forgetSql(table), [before, BATCH]);
    deleted = rowCount ?? 0;
  }
}

const TIME = { interaction: 'at', density_minute: 'minute' };

/** Days and months are UTC. `$1`: parent, `$2`: before. */
const DROP_SQL = "select drop_partitions_before($1, ($2::timestamptz at time zone 'utc')::date) as dropped";

const forgetSql = (table: Intervals) => `
delete from ${table} where ctid = any(array(
  select ctid from ${table} where started_at < $1 and ended_at < $1 limit $2
))`;
