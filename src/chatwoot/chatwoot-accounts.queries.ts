import type { ChatwootAccountView, ChatwootUser } from '#contracts';
import { containing, keyset, type SortColumn } from '../platform/database/keyset.js';
import type { PageQuery } from '../platform/http/page.js';

/** What a delivery is checked and read with. */
export interface AccountKeys {
  id: string;
  workspaceId: string;
  accountNumber: number;
  teamId: string | null;
  tokenHash: Buffer;
  /** Encrypted; null: deliveries are not signed. */
  secrets: Buffer | null;
}

/** `$1`: id, of any workspace: whoever calls is known by it. */
export const ACCOUNT_KEYS_SQL = `
select id, workspace_id as "workspaceId", account_number::float8 as "accountNumber", team_id as "teamId",
  token_hash as "tokenHash", secrets
from chatwoot_account where id = $1`;

export interface AccountRow {
  id: string;
  name: string;
  account_number: number;
  team_id: string | null;
  team_name: string | null;
  is_signed: boolean;
  users: ChatwootUser[];
  created_at: Date;
  cursor: string[];
}

const SORTS: Record<string, SortColumn> = {
  name: { sql: 'lower(c.name)', type: 'text' },
  createdAt: { sql: 'c.created_at', type: 'timestamptz' },
};

const select = (cursor: string) => `
select c.id, c.name, c.account_number::float8 as account_number, c.team_id, t.name as team_name,
  c.secrets is not null as is_signed, c.created_at, ${cursor} as cursor,
  (select coalesce(json_agg(json_build_object('userId', u.user_number,
      'agent', json_build_object('id', a.id, 'name', a.name)) order by u.user_number), '[]')
    from chatwoot_user u join agent a on a.id = u.agent_id where u.account_id = c.id and a.deleted_at is null) as users
from chatwoot_account c left join team t on t.id = c.team_id
where c.workspace_id = $1`;

/** One account. `$1`: workspace, `$2`: id. */
export const ACCOUNT_SQL = `${select("'{}'::text[]")} and c.id = $2`;

/** A page of accounts; `q` searches names. */
export function accountPage(workspaceId: string, page: PageQuery): { text: string; values: unknown[] } {
  const keys = keyset(page, SORTS, { fallback: 'name', id: 'c.id', firstParam: 4 });
  const text = `${select(keys.cursor)} and ($2::text is null or c.name ilike $2) and ${keys.where}
order by ${keys.order} limit $3`;
  return { text, values: [workspaceId, page.q ? containing(page.q) : null, page.limit + 1, ...keys.params] };
}

export function toAccountView(row: AccountRow): ChatwootAccountView {
  return {
    id: row.id,
    name: row.name,
    accountId: row.account_number,
    team: row.team_id === null ? null : { id: row.team_id, name: row.team_name ?? '' },
    signed: row.is_signed,
    users: row.users,
    createdAt: row.created_at.toISOString(),
  };
}
