/** Held by who adds to the minutes. Its snapshots are older than any that a statement after this one has. */
export const TAKE_WATERMARK_SQL = `
select snapshot::text as snapshot, txid_snapshot_xmin(snapshot)::text as xmin, goal::text as goal,
  counted_before as "countedBefore",
  greatest(txid_snapshot_xmax(snapshot), txid_snapshot_xmax(goal)) > txid_snapshot_xmax(txid_current_snapshot())
    as "isForeign"
from density_watermark for update skip locked`;

const MINUTES = `
  insert into density_minute as m (workspace_id, minute, team_id, agent_id, inbound, outbound)
  select i.workspace_id, date_trunc('minute', i.at, 'UTC'), i.team_id, i.agent_id,
    count(*) filter (where i.direction = 'inbound'), count(*) filter (where i.direction = 'outbound')`;

const ADDED = `
  group by 1, 2, 3, 4
  on conflict (workspace_id, minute, team_id, agent_id) do update
    set inbound = m.inbound + excluded.inbound, outbound = m.outbound + excluded.outbound
  returning 1`;

/** What the watermark's snapshot didn't see. `$1`: it, `$2`: its xmin, by which the index finds what may be new. */
const IS_NEW = 'i.xid >= $2::bigint and not txid_visible_in_snapshot(i.xid, $1::text::txid_snapshot)';

/** Whether that is more than `$3`. */
export const IS_MUCH_SQL = `
select count(*) > $3 as much from (select from interaction i where ${IS_NEW} limit $3 + 1) found`;

/**
 * Adds what is new, and moves the watermark on to what this statement sees: one statement has one snapshot. READ
 * COMMITTED, with the watermark held.
 */
export const ROLL_UP_SQL = `
with counted as (${MINUTES}
  from interaction i where ${IS_NEW}${ADDED}
), moved as (
  update density_watermark set snapshot = txid_current_snapshot()
)
select count(*)::int as minutes from counted`;

/** The first hour from a time on with anything in it; by workspace, for that is what the index begins with. */
const firstHour = (from: string) => `(
  select date_trunc('hour', min(first.at), 'UTC')
  from workspace w cross join lateral (select min(at) as at from interaction where workspace_id = w.id and at >= ${from}) first
)`;
const NEXT_HOUR = "$4::timestamptz + interval '1 hour'";

/** Sets out for what this statement sees, from the first hour of it. */
export const SET_OUT_SQL = `
update density_watermark
set goal = txid_current_snapshot(), counted_before = ${firstHour("'-infinity'")}`;

/**
 * Adds an hour of what is new and up to the goal, and says which is next; with the last one the goal is the watermark.
 * `$3`: the goal, `$4`: the hour.
 */
export const STEP_SQL = `
with counted as (${MINUTES}
  from workspace w join interaction i
    on i.workspace_id = w.id and i.at >= $4::timestamptz and i.at < ${NEXT_HOUR}
  where ${IS_NEW} and txid_visible_in_snapshot(i.xid, $3::text::txid_snapshot)${ADDED}
), rest as (
  select ${firstHour(NEXT_HOUR)} as hour
), moved as (
  update density_watermark
  set snapshot = case when hour is null then goal else snapshot end, goal = case when hour is not null then goal end,
    counted_before = hour
  from rest
)
select count(*)::int as minutes from counted`;

/**
 * For a database that was restored into another server, whose transactions count from elsewhere: what is stored counts
 * as stored now, and the minutes it belongs to are counted anew. Earlier minutes, whose interactions are not kept any
 * more, stay.
 */
export const START_ANEW_SQL = [
  'lock table interaction in share mode',
  'update interaction set xid = txid_current() where xid >= txid_snapshot_xmax(txid_current_snapshot())',
  `delete from density_minute where minute >= (select date_trunc('minute', min(at), 'UTC') from interaction)`,
  "update density_watermark set snapshot = '1:1:', goal = null, counted_before = null",
];

/** Makes the partitions that accepted interactions can need, and the next one. `$1`: now. */
export const DENSITY_PARTITIONS_SQL = `
select ensure_density_partitions(
  (($1::timestamptz at time zone 'utc')::date - 8), (($1::timestamptz at time zone 'utc')::date + 31))`;

/** Two nodes that make or drop partitions at once would collide. Held until the transaction ends. */
export const DENSITY_PARTITIONS_LOCK_SQL = "select pg_advisory_xact_lock(hashtextextended('density partitions', 0))";
