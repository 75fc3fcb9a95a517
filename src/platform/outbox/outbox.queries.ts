/**
 * Takes rows to hand out: new ones, and those that were handed out and are not finished after a while. It does not wait
 * for the disk: what is forgotten in a crash is handed out again. `$1`: how many.
 */
export const TAKE_SQL = `
update outbox set handed_at = clock_timestamp()
where id in (
  select id from outbox
  where done_at is null and (handed_at is null or handed_at < clock_timestamp() - interval '30 seconds')
    and (select set_config('synchronous_commit', 'off', true)) = 'off'
  order by id limit $1 for update skip locked
)
returning id, topic as name, workspace_id as "workspaceId", key, failures > 0 as "hasFailed"`;

/** `$1`: ids of rows that could not be handed out. */
export const GIVE_BACK_SQL = 'update outbox set handed_at = null where id = any($1::bigint[]) and done_at is null';

export const GIVE_ALL_BACK_SQL = 'update outbox set handed_at = null where done_at is null and handed_at is not null';

/** Notes that the job of rows that were handed out was given up. `$1`: topic, `$2`: key, `$3`: what it failed of. */
export const FAIL_SQL = `
update outbox set failures = failures + 1, failure = $3, failed_at = coalesce(failed_at, clock_timestamp())
where topic = $1 and key = $2 and done_at is null and handed_at is not null
returning failures`;

export const FORGET_SQL = `delete from outbox where done_at < clock_timestamp() - interval '1 day'`;

/** What waits, job by job: how many things are unfinished, how many of them keep failing, how old the oldest is. */
export const BACKLOG_SQL = `
select topic as job, count(*)::int as unfinished, count(failed_at)::int as failing,
  extract(epoch from clock_timestamp() - min(created_at))::float8 as "oldestSeconds"
from outbox where done_at is null group by topic`;

/** Jobs that keep failing. */
export const FAILING_SQL = `
select topic as job, count(distinct key)::int as things from outbox
where done_at is null and failed_at is not null group by topic order by topic`;
