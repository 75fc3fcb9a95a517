/** Two nodes that make partitions at once would collide. Held until the transaction ends. */
export const PARTITIONS_LOCK_SQL = "select pg_advisory_xact_lock(hashtextextended('interaction partitions', 0))";

/** Makes the daily partitions that accepted interactions can need. `$1`: now. */
export const PARTITIONS_SQL = `
select ensure_interaction_partitions(
  (($1::timestamptz at time zone 'utc')::date - 8), (($1::timestamptz at time zone 'utc')::date + 2))`;

/** The partitions of the keys. */
export const KEY_PARTITIONS_SQL = `
select inhrelid::regclass::text as name from pg_inherits where inhparent = 'interaction_key'::regclass`;

/** Whether no other node is at it. Held until the transaction ends. */
export const FORGET_LOCK_SQL = "select pg_try_advisory_xact_lock(hashtextextended('interaction keys', 0)) as mine";

/** Forgets keys of one partition, by its name. `$1`: recorded before. */
export const forgetKeys = (partition: string) => `delete from ${partition} where recorded_at < $1`;
