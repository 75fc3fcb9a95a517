import type { ChannelView } from '#contracts';
import { containing, keyset, type SortColumn } from '../platform/database/keyset.js';
import type { PageQuery } from '../platform/http/page.js';

export interface ChannelRow {
  id: string;
  name: string;
  phone_number_id: string;
  team_id: string | null;
  team_name: string | null;
  api_base_url: string;
  has_token: boolean;
  created_at: Date;
  cursor: string[];
}

const SORTS: Record<string, SortColumn> = {
  name: { sql: 'lower(c.name)', type: 'text' },
  createdAt: { sql: 'c.created_at', type: 'timestamptz' },
};

const select = (cursor: string) => `
select c.id, c.name, c.phone_number_id, c.team_id, t.name as team_name, c.api_base_url,
  c.token_cipher is not null as has_token, c.created_at, ${cursor} as cursor
from channel c left join team t on t.id = c.team_id
where c.workspace_id = $1`;

/** One channel. `$1`: workspace, `$2`: id. */
export const CHANNEL_SQL = `${select("'{}'::text[]")} and c.id = $2`;

/** A page of channels; `q` searches names. */
export function channelPage(workspaceId: string, page: PageQuery): { text: string; values: unknown[] } {
  const keys = keyset(page, SORTS, { fallback: 'name', id: 'c.id', firstParam: 4 });
  const text = `${select(keys.cursor)} and ($2::text is null or c.name ilike $2) and ${keys.where}
order by ${keys.order} limit $3`;
  return { text, values: [workspaceId, page.q ? containing(page.q) : null, page.limit + 1, ...keys.params] };
}

export function toChannelView(row: ChannelRow): ChannelView {
  return {
    id: row.id,
    name: row.name,
    phoneNumberId: row.phone_number_id,
    team: row.team_id === null ? null : { id: row.team_id, name: row.team_name ?? '' },
    apiBaseUrl: row.api_base_url,
    hasToken: row.has_token,
    createdAt: row.created_at.toISOString(),
  };
}
