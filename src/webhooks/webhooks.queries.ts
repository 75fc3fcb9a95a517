import type {
  WebhookData,
  WebhookDeliveryStatus,
  WebhookDeliveryView,
  WebhookDisabling,
  WebhookEvent,
  WebhookFailure,
  WebhookMessage,
  WebhookView,
} from '#contracts';
import { containing, keyset, type SortColumn } from '../platform/database/keyset.js';
import type { PageQuery } from '../platform/http/page.js';
import type { ListDeliveriesQuery } from './webhooks.query.js';

export interface WebhookRow {
  id: string;
  url: string;
  description: string | null;
  events: WebhookEvent[];
  enabled: boolean;
  disabled_because: WebhookDisabling | null;
  failing_since: Date | null;
  previous_secret_until: Date | null;
  version: number;
  created_at: Date;
  updated_at: Date;
  cursor: string[];
}

const SORTS: Record<string, SortColumn> = {
  url: { sql: 'e.url', type: 'text' },
  createdAt: { sql: 'e.created_at', type: 'timestamptz' },
};

const select = (cursor: string) => `
select e.id, e.url, e.description, e.events, e.enabled, e.disabled_because, e.failing_since, e.previous_secret_until,
  e.version, e.created_at, e.updated_at, ${cursor} as cursor
from webhook_endpoint e where e.workspace_id = $1`;

/** One endpoint. `$1`: workspace, `$2`: id. */
export const WEBHOOK_SQL = `${select("'{}'::text[]")} and e.id = $2`;

/** A page of endpoints; `q` searches addresses and descriptions. */
export function webhookPage(workspaceId: string, page: PageQuery): { text: string; values: unknown[] } {
  const keys = keyset(page, SORTS, { fallback: 'createdAt', id: 'e.id', firstParam: 4 });
  const text = `${select(keys.cursor)}
and ($2::text is null or e.url ilike $2 or e.description ilike $2) and ${keys.where}
order by ${keys.order} limit $3`;
  return { text, values: [workspaceId, page.q ? containing(page.q) : null, page.limit + 1, ...keys.params] };
}

/** A secret whose time is over is none. */
export function toWebhookView(row: WebhookRow, now: number): WebhookView {
  const until = row.previous_secret_until;
  return {
    id: row.id,
    url: row.url,
    description: row.description,
    events: row.events,
    enabled: row.enabled,
    disabledBecause: row.disabled_because,
    failingSince: row.failing_since?.toISOString() ?? null,
    previousSecretUntil: until && until.getTime() > now ? until.toISOString() : null,
    version: row.version,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}

export interface DeliveryRow {
  id: string;
  event: WebhookMessage;
  data: WebhookData;
  status: WebhookDeliveryStatus;
  attempts: number;
  response_status: number | null;
  failure: WebhookFailure | null;
  occurred_at: Date;
  last_attempt_at: Date | null;
  next_attempt_at: Date | null;
  delivered_at: Date | null;
  cursor: string[];
}

const DELIVERY_SORTS: Record<string, SortColumn> = { occurredAt: { sql: 'd.occurred_at', type: 'timestamptz' } };

/** One delivery. `$1`: workspace, `$2`: id. */
export const DELIVERY_SQL = `select d.*, '{}'::text[] as cursor from webhook_delivery d
where d.workspace_id = $1 and d.id = $2`;

/** A page of an endpoint's deliveries, newest first. */
export function deliveryPage(
  workspaceId: string,
  endpointId: string,
  query: ListDeliveriesQuery,
): { text: string; values: unknown[] } {
  const keys = keyset(query, DELIVERY_SORTS, { fallback: '-occurredAt', id: 'd.id', firstParam: 5 });
  const text = `select d.*, ${keys.cursor} as cursor from webhook_delivery d
where d.workspace_id = $1 and d.endpoint_id = $2 and ($4::text is null or d.status = $4) and ${keys.where}
order by ${keys.order} limit $3`;
  return { text, values: [workspaceId, endpointId, query.limit + 1, query.status ?? null, ...keys.params] };
}

export function toDeliveryView(row: DeliveryRow): WebhookDeliveryView {
  return {
    id: row.id,
    event: row.event,
    subjectId: row.data.id,
    status: row.status,
    attempts: row.attempts,
    responseStatus: row.response_status,
    failure: row.failure,
    occurredAt: row.occurred_at.toISOString(),
    lastAttemptAt: row.last_attempt_at?.toISOString() ?? null,
    nextAttemptAt: row.next_attempt_at?.toISOString() ?? null,
    deliveredAt: row.delivered_at?.toISOString() ?? null,
  };
}
