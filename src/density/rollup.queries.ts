/** Held by who adds to the minutes. Its snapshot is older than any that a statement after this one has. */
export const TAKE_WATERMARK_SQL = `
select snapshot::text as snapshot, txid_snapshot_xmin(snapshot)::text as xmin,
  txid_snapshot_xmax(snapshot) > txid_snapshot_xmax(txid_current_snapshot()) as "isForeign"
from density_watermark for update skip locked`;

/**
 * Adds what the watermark's snapshot didn't see, and moves it on to what this statement sees: one statement has one
 * snapshot. `$1`: the watermark, `$2`: its xmin, by which the index finds what may be new. READ COMMITTED, with the
 * watermark held.
 */
export const ROLL_UP_SQL = `
with counted as (
  insert into density_minute as m (workspace_id, minute, team_id, agent_id, inbound, outbound)
  select workspace_id, date_trunc('minute', at, 'UTC'), team_id, agent_id,
    count(*) filter (where direction = 'inbound'), count(*) filter (where direction = 'outbound')
  from interaction
  where xid >= $2::bigint and not txid_visible_in_snapshot(xid, $1::text::txid_snapshot)
  group by 1, 2, 3, 4
  on conflict (workspace_id, minute, team_id, agent_id) do update
    set inbound = m.inbound + excluded.inbound, outbound = m.outbound + excluded.outbound
  returning 1
), moved as (
  update density_watermark set snapshot = txid_current_snapshot()
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
  "update density_watermark set snapshot = '1:1:'",
];

/** Makes the partitions that accepted interactions can need, and the next one. `$1`: now. */
export const DENSITY_PARTITIONS_SQL = `
select ensure_density_partitions(
  (($1::timestamptz at time zone 'utc')::date - 8), (($1::timestamptz at time zone 'utc')::date + 31))`;

/** Two nodes that make or drop partitions at once would collide. Held until the transaction ends. */
export const DENSITY_PARTITIONS_LOCK_SQL = "select pg_advisory_xact_lock(hashtextextended('density partitions', 0))";
