import type { ConversationStatus, ConversationView } from '#contracts';
import { containing, keyset, type SortColumn } from '../platform/database/keyset.js';
import type { ContactGate, Viewer } from '../privacy/contact-gate.js';
import type { ListConversationsQuery } from './conversations.dto.js';

/** A conversation joined with what its view shows. */
export interface ConversationRow {
  id: string;
  workspace_id: string;
  external_id: string | null;
  status: ConversationStatus;
  team_id: string | null;
  team_name: string | null;
  assignee_id: string | null;
  assignee_name: string | null;
  contact_id: string;
  contact_name: string | null;
  phone_cipher: Buffer | null;
  last_inbound_at: Date | null;
  last_outbound_at: Date | null;
  waiting_since: Date | null;
  created_at: Date;
  version: number;
  cursor: string[];
}

/** WhatsApp lets a business answer freely for this long after the customer's last message. */
export const SERVICE_WINDOW_MS = 24 * 3600 * 1000;

const SORTS: Record<string, SortColumn> = {
  createdAt: { sql: 'c.created_at', type: 'timestamptz' },
  lastMessageAt: {
    sql: "coalesce(greatest(c.last_inbound_at, c.last_outbound_at), '-infinity')",
    type: 'timestamptz',
  },
  waitingSince: { sql: "coalesce(c.waiting_since, 'infinity')", type: 'timestamptz' },
};

const select = (cursor: string) => `
select c.id, c.workspace_id, c.external_id, c.status, c.team_id, t.name as team_name, c.assignee_id,
  a.name as assignee_name, c.contact_id, k.name as contact_name, k.phone_cipher, c.last_inbound_at,
  c.last_outbound_at, c.waiting_since, c.created_at, c.version, ${cursor} as cursor
from conversation c
join contact k on k.id = c.contact_id
left join team t on t.id = c.team_id
left join agent a on a.id = c.assignee_id`;

/** One conversation. `$1`: workspace, `$2`: id. */
export const CONVERSATION_SQL = `${select("'{}'::text[]")} where c.workspace_id = $1 and c.id = $2`;

/** Some conversations. `$1`: workspace, `$2`: ids. */
export const CONVERSATIONS_SQL = `${select("'{}'::text[]")} where c.workspace_id = $1 and c.id = any($2::uuid[])`;

/** A page of conversations, with its parameters. */
export function conversationPage(
  workspaceId: string,
  query: ListConversationsQuery,
): { text: string; values: unknown[] } {
  const keys = keyset(query, SORTS, { fallback: '-createdAt', id: 'c.id', firstParam: 9 });
  const text = `${select(keys.cursor)}
    where c.workspace_id = $1 and ($3::text is null or c.status = $3) and ($4::uuid is null or c.assignee_id = $4)
      and ($5::uuid is null or c.team_id = $5) and ($6::boolean is null or (c.assignee_id is null) = $6)
      and ($7::text is null or k.name ilike $7 or c.external_id = $8) and ${keys.where}
    order by ${keys.order} limit $2`;
  const { status, assigneeId, teamId, unassigned, limit, q } = query;
  const search = q ? [containing(q), q] : [null, null];
  const filters = [status ?? null, assigneeId ?? null, teamId ?? null, unassigned ?? null, ...search];
  return { text, values: [workspaceId, limit + 1, ...filters, ...keys.params] };
}

/** The conversation as `viewer` may see it. An external id may hold the customer's number in any form. */
export function toConversationView(row: ConversationRow, viewer: Viewer, gate: ContactGate): ConversationView {
  const { last_inbound_at: inbound, last_outbound_at: outbound } = row;
  const last = Math.max(inbound?.getTime() ?? 0, outbound?.getTime() ?? 0);
  return {
    id: row.id,
    externalId: viewer.hidePhone ? null : row.external_id,
    status: row.status,
    team: row.team_id && row.team_name !== null ? { id: row.team_id, name: row.team_name } : null,
    assignee: row.assignee_id && row.assignee_name !== null ? { id: row.assignee_id, name: row.assignee_name } : null,
    contact: gate.view(viewer, {
      id: row.contact_id,
      workspaceId: row.workspace_id,
      name: row.contact_name,
      phoneCipher: row.phone_cipher,
    }),
    windowExpiresAt: inbound ? new Date(inbound.getTime() + SERVICE_WINDOW_MS).toISOString() : null,
    lastMessageAt: last > 0 ? new Date(last).toISOString() : null,
    waitingSince: row.waiting_since?.toISOString() ?? null,
    createdAt: row.created_at.toISOString(),
    version: row.version,
  };
}
