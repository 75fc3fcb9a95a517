import type { MessageKind, MessageFailureCode, MessageView } from '#contracts';
import type { Queryable } from '../interactions/record.queries.js';
import { keyset, type SortColumn } from '../platform/database/keyset.js';
import type { PageQuery } from '../platform/http/page.js';
import type { ContactGate, Viewer } from '../privacy/contact-gate.js';
import type { MessageChange } from './message.events.js';
import { detailOf, statusOf } from './message-status.rule.js';

/** A message with what its view shows. */
export interface MessageRow {
  id: string;
  workspace_id: string;
  conversation_id: string;
  direction: 'inbound' | 'outbound';
  agent_id: string | null;
  agent_name: string | null;
  kind: MessageKind;
  body_cipher: Buffer | null;
  progress: number;
  failure: MessageFailureCode | null;
  whatsapp_code: number | null;
  at: Date;
  status_at: Date;
  cursor: string[];
}

const SORTS: Record<string, SortColumn> = { at: { sql: 'm.at', type: 'timestamptz' } };

const select = (cursor: string) => `
select m.id, m.workspace_id, m.conversation_id, m.direction, m.agent_id, a.name as agent_name, m.kind, m.body_cipher,
  m.progress, m.failure, m.whatsapp_code, m.at, m.status_at, ${cursor} as cursor
from message m left join agent a on a.id = m.agent_id`;

/** One message. `$1`: workspace, `$2`: id. */
export const MESSAGE_SQL = `${select("'{}'::text[]")} where m.workspace_id = $1 and m.id = $2`;

/** A page of a conversation's messages. */
export function messagePage(
  workspaceId: string,
  conversationId: string,
  page: Pick<PageQuery, 'limit' | 'cursor' | 'sort'>,
): { text: string; values: unknown[] } {
  const keys = keyset({ ...page }, SORTS, { fallback: '-at', id: 'm.id', firstParam: 4 });
  const text = `${select(keys.cursor)} where m.workspace_id = $1 and m.conversation_id = $2 and ${keys.where}
order by ${keys.order} limit $3`;
  return { text, values: [workspaceId, conversationId, page.limit + 1, ...keys.params] };
}

/** The message as `viewer` may see it. */
export function toMessageView(row: MessageRow, viewer: Viewer, gate: ContactGate): MessageView {
  const status = statusOf(row.progress);
  const code = status === 'failed' ? (row.failure ?? 'rejected') : null;
  return {
    id: row.id,
    conversationId: row.conversation_id,
    direction: row.direction,
    agent: row.agent_id && row.agent_name !== null ? { id: row.agent_id, name: row.agent_name } : null,
    kind: row.kind,
    text: gate.text(viewer, row.workspace_id, row.body_cipher),
    status,
    failure: code && { code, detail: detailOf(code), whatsappCode: row.whatsapp_code },
    at: row.at.toISOString(),
    statusAt: row.status_at.toISOString(),
  };
}

/**
 * Says of messages, by WhatsApp's reports, how far they have come. A message is known by the hash of its wamid, or by our
 * reference where its sender did not live to hear the wamid. `$1`: JSON of reports with `progress`, `failure` and
 * `message_id`, `$2`: now. Answers each message that was sent from here, once for each wamid.
 */
const REPORT_SQL = `
with input as materialized (
  select * from rows from (json_to_recordset($1) as (workspace_id uuid, id text, wamid_index bytea, message_id uuid,
    progress smallint, failure text, whatsapp_code integer, at timestamptz))
    with ordinality as i (workspace_id, id, wamid_index, message_id, progress, failure, whatsapp_code, at, n)
), known as materialized (
  select i.*, m.id as found from input i cross join lateral (
    (select m.id from message m where m.workspace_id = i.workspace_id and m.wamid_index = i.wamid_index)
    union all
    (select m.id from message m where m.id = i.message_id and m.workspace_id = i.workspace_id and m.direction = 'outbound'
      and m.wamid_index is null)
    limit 1
  ) m
), locked as materialized (
  select id, progress from message where id = any(array(select found from known)) order by id for no key update
), newest as (
  select distinct on (found) * from known order by found, progress desc, n
), advanced as (
  update message m set progress = greatest(m.progress, r.progress),
    wamid_index = case when m.erased_at is null then coalesce(m.wamid_index, r.wamid_index) end,
    failure = case when m.progress < r.progress then r.failure else m.failure end,
    whatsapp_code = case when m.progress < r.progress then r.whatsapp_code else m.whatsapp_code end,
    status_at = case when m.progress < r.progress then least(r.at, $2) else m.status_at end
  from newest r
  where m.id = r.found and m.id in (select id from locked)
    and (m.progress < r.progress or (m.wamid_index is null and m.erased_at is null))
  returning m.id
)
select k.workspace_id as "workspaceId", k.id, m.id as "messageId", m.conversation_id as "conversationId",
  case when a.deleted_at is null then a.id end as "agentId", c.assignee_id as "assigneeId",
  m.id in (select id from advanced) as "isAdvanced"
from (select distinct workspace_id, id, found from known) k
join message m on m.id = k.found and m.direction = 'outbound'
join conversation c on c.id = m.conversation_id
left join agent a on a.id = m.agent_id`;

/** A report, as far as messages go. */
export interface ReportInput {
  workspace_id: string;
  id: string;
  wamid_index: string;
  /** From our reference. */
  message_id: string | null;
  progress: number;
  failure: MessageFailureCode | null;
  whatsapp_code: number | null;
  at: string;
}

/** A message that was sent from here and is reported. */
export interface Reported {
  workspaceId: string;
  /** The key under which the message counts. */
  id: string;
  messageId: string;
  conversationId: string;
  agentId: string | null;
  assigneeId: string | null;
  isAdvanced: boolean;
}

export async function report(transaction: Queryable, now: Date, reports: readonly ReportInput[]): Promise<Reported[]> {
  const { rows } = await transaction.query<Reported>({
    name: 'messages-report',
    text: REPORT_SQL,
    values: [JSON.stringify(reports), now],
  });
  return rows;
}

/** Keeps what came. `$1`: JSON of rows, `$2`: now, `$3`, `$4`: progress of what is inbound, outbound. */
const RECEIVE_SQL = `
with stored as (
  insert into message
    (id, workspace_id, conversation_id, channel_id, direction, kind, body_cipher, wamid_index, progress, at, status_at,
      created_at)
  select message_id, workspace_id, conversation_id, channel_id, direction, kind, body_cipher, wamid_index,
    case direction when 'inbound' then $3::smallint else $4::smallint end, at, at, $2
  from json_to_recordset($1) as (message_id uuid, workspace_id uuid, conversation_id uuid, channel_id uuid,
    direction text, kind text, body_cipher bytea, wamid_index bytea, at timestamptz)
  on conflict (workspace_id, wamid_index) where wamid_index is not null do nothing
  returning id, workspace_id, conversation_id
)
select s.workspace_id as "workspaceId", s.id, s.conversation_id as "conversationId", c.assignee_id as "assigneeId"
from stored s join conversation c on c.id = s.conversation_id`;

export async function receive(
  transaction: Queryable,
  values: [json: string, now: Date, inbound: number, outbound: number],
): Promise<(Omit<MessageChange, 'isNew'> & { workspaceId: string })[]> {
  const { rows } = await transaction.query<Omit<MessageChange, 'isNew'> & { workspaceId: string }>({
    name: 'messages-receive',
    text: RECEIVE_SQL,
    values,
  });
  return rows;
}
