import type { WebhookData, WebhookMessage } from '#contracts';

/** The job that delivers; its key is the delivery. The name is also in `emit_webhooks`. */
export const DELIVER = 'webhooks.deliver';

/** `$1`: id, `$2`: workspace, `$3`: endpoint, `$4`: data, `$5`: now. */
export const ADD_TEST_SQL = `
insert into webhook_delivery (id, workspace_id, endpoint_id, event, data, occurred_at)
values ($1, $2, $3, 'webhook.test', $4::jsonb, $5)`;

/** Gives up what is on its way to an endpoint that gets nothing any more. `$1`: endpoint. */
export const GIVE_UP_SQL = `
update webhook_delivery set status = 'failed', failure = 'endpoint_disabled', next_attempt_at = null
where endpoint_id = $1 and status = 'pending' and event <> 'webhook.test'`;

/** The same for one that was committed while its endpoint was disabled. `$1`: delivery. */
export const GIVE_UP_ONE_SQL = `
update webhook_delivery d set status = 'failed', failure = 'endpoint_disabled', next_attempt_at = null
from webhook_endpoint e
where d.id = $1 and e.id = d.endpoint_id and not e.enabled and d.status = 'pending' and d.event <> 'webhook.test'`;

/** Where a delivery goes. `$1`: delivery. */
export const ENDPOINT_OF_SQL = 'select endpoint_id as "endpointId" from webhook_delivery where id = $1';

/** An attempt that is about to be made. */
export interface Claimed {
  id: string;
  workspaceId: string;
  endpointId: string;
  event: WebhookMessage;
  data: WebhookData;
  occurredAt: number;
  attempts: number;
  url: string;
  secret: Buffer;
  previousSecret: Buffer | null;
}

/** Takes a delivery for an attempt, so that no other worker makes one at the same time. `$1`: id, `$2`: now. */
export const CLAIM_SQL = `
update webhook_delivery d
set attempts = d.attempts + 1, last_attempt_at = $2, claimed_until = $2::timestamptz + interval '30 seconds'
from webhook_endpoint e
where d.id = $1 and e.id = d.endpoint_id and d.status = 'pending' and (e.enabled or d.event = 'webhook.test')
  and (d.claimed_until is null or d.claimed_until < $2)
returning d.id, d.workspace_id as "workspaceId", d.endpoint_id as "endpointId", d.event, d.data,
  (extract(epoch from d.occurred_at) * 1000)::float8 as "occurredAt", d.attempts, e.url, e.secret,
  case when e.previous_secret_until > $2 then e.previous_secret end as "previousSecret"`;

/** Whether somebody else is at it. `$1`: id, `$2`: now. */
export const IS_CLAIMED_SQL = `
select 1 from webhook_delivery where id = $1 and status = 'pending' and claimed_until >= $2`;

/** `$1`: id, `$2`: now, `$3`: the answer's status. */
export const DELIVERED_SQL = `
update webhook_delivery set status = 'delivered', delivered_at = $2, response_status = $3, failure = null,
  claimed_until = null
where id = $1 and status = 'pending'`;

/** `$1`: endpoint. */
export const RECOVERED_SQL = `
update webhook_endpoint set failing_since = null where id = $1 and failing_since is not null`;

/** `$1`: id, `$2`: the answer's status, `$3`: why, `$4`: when it is tried again; null: never. */
export const FAILED_SQL = `
update webhook_delivery set status = case when $4::timestamptz is null then 'failed' else 'pending' end,
  response_status = $2, failure = $3, next_attempt_at = $4, claimed_until = null
where id = $1 and status = 'pending'`;

/** Hands what is due to the outbox again. `$1`: now, `$2`: how many, `$3`: the job, `$4`: channel of the outbox. */
export const DUE_SQL = `
with due as (
  select id from webhook_delivery where status = 'pending' and next_attempt_at <= $1
  order by next_attempt_at limit $2 for update skip locked
), taken as (
  update webhook_delivery d set next_attempt_at = null from due where d.id = due.id returning d.id, d.workspace_id
), carried as (
  insert into outbox (workspace_id, topic, key) select workspace_id, $3, id from taken returning 1
)
select pg_notify($4, '') from carried limit 1`;

/** `$1`: what happened before then is forgotten, however it ended. */
export const FORGET_SQL = `delete from webhook_delivery where occurred_at < $1`;
