/** Which request: `$1` workspace, `$2` agent, `$3` route, `$4` key. */
const REQUEST = 'workspace_id = $1 and agent_id = $2 and route = $3 and key = $4';

/** The attempt that answers a request now: `$5` claim. */
const CLAIM = `${REQUEST} and claim = $5`;

/** `$5` claim, `$6` fingerprint, `$7` node, `$8` boot, `$9` now, `$10` Hide Phone, `$11` permissions. Waits for nobody. */
export const CLAIM_SQL = `
insert into idempotency_key
  (workspace_id, agent_id, route, key, claim, fingerprint, node_id, boot_id, claimed_at, hide_phone, permissions)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
on conflict do nothing`;

/** What is known of a request. `$5`: claims older than this are over, `$6`: attempts begun before are not running. */
export const KNOWN_SQL = `
select k.claim, k.fingerprint, k.hide_phone as "hidePhone", k.permissions, k.applied, k.status,
  k.content_type as "contentType", k.etag, k.answer, k.claimed_at < $5 as over,
  k.claimed_at > $6 and exists (
    select 1 from node_lease n
    where n.node_id = k.node_id and n.boot_id = k.boot_id and n.expires_at > clock_timestamp()
  ) as running
from idempotency_key k where ${REQUEST}`;

/** Clears an attempt that came to nothing, unless it turns out to have written. `$6`: also when it is over. */
export const CLEAR_SQL = `delete from idempotency_key where ${CLAIM} and ((not applied and status is null) or $6)`;

/** In the transaction of the effect: it is this attempt that writes. */
export const APPLY_SQL = `update idempotency_key set applied = true where ${CLAIM} and status is null returning 1`;

/** `$6` status, `$7` content type, `$8` entity tag, `$9` answer. */
export const FINISH_SQL = `
update idempotency_key
set status = $6, content_type = $7, etag = $8, answer = case when is_forgotten then null else $9::bytea end
where ${CLAIM} and status is null`;

/**
 * Answers of a workspace that may show somebody who is erased; asked for again they are gone. For the transaction that
 * erases: it waits for no request that runs, which may be waiting for it. `$1`: workspace, `$2`: their routes.
 */
export const FORGET_ANSWERS_SQL = `
update idempotency_key set answer = null where workspace_id = $1 and route like $2 and answer is not null`;

/** The same after its commit, with the answers of requests that began before it and may have seen what was. */
export const FORGET_LATE_ANSWERS_SQL = `
update idempotency_key set answer = null, is_forgotten = true
where workspace_id = $1 and route like $2 and (answer is not null or status is null) and not is_forgotten`;

/** `$1`: older than this. */
export const FORGET_SQL = `
delete from idempotency_key where ctid = any(array(
  select ctid from idempotency_key where claimed_at < $1 order by claimed_at limit 10000))`;
