/**
 * Which agents are on a page of the list, in order: `id` and `cursor`.
 *
 * What a page costs must depend on the page, not on the workspace. Without a search it is read off the index of its
 * order. A search looks in three places, and in the next only when the one before has too little: a stretch of the
 * list from the cursor on (what is common is met there), all that matches (names that match stand together, perhaps
 * at the other end of the list), and, when that is too much to sort, the list itself, where a page is soon met.
 */
import { containing, keyset, type SortColumn } from '../platform/database/keyset.js';
import type { ListAgentsQuery } from './agents.query.js';

const SORTS: Record<string, SortColumn> = {
  name: { sql: 'lower(a.name)', type: 'text' },
  email: { sql: 'lower(a.email)', type: 'text' },
  status: { sql: 'a.status', type: 'text' },
  presence: { sql: 'p.state', type: 'text' },
  team: { sql: 'lower(t.name)', type: 'text' },
  createdAt: { sql: 'a.created_at', type: 'timestamptz' },
  updatedAt: { sql: 'a.updated_at', type: 'timestamptz' },
};

/** By these the list can be walked: they have an index. */
const WALKABLE = /^-?(name|email|createdAt)\b/;
/** How much of the list is looked through first. */
const STRETCH = 2_000;
/** So many are sorted. */
const FEW = 10_000;

const FILTERS = `a.workspace_id = $1 and a.deleted_at is null
  and ($4::uuid is null or a.team_id = $4) and ($5::text is null or a.status = $5)
  and ($7::boolean is null or a.hide_phone = $7)`;
/** Null: nothing is searched for. */
const SEARCH = '($3::text is null or a.name ilike $3 or a.email ilike $3)';

export interface AgentIds {
  /** What stands before the statement. */
  with: string;
  page: string;
  values: unknown[];
}

export function agentIds(workspaceId: string, query: ListAgentsQuery): AgentIds {
  const { q, teamId, status, presence, hidePhone, limit } = query;
  const { cursor, where, order, params } = keyset(query, SORTS, { fallback: 'name', id: 'a.id', firstParam: 8 });
  const page = (agents: string, condition: string) => `
    select a.id, ${cursor} as cursor from ${agents} ${joins(query)}
    where ${condition} and ${presence ? 'p.state = $6' : '$6::text is null'} and ${where} order by ${order} limit $2`;
  const stretch = isWalkable(query)
    ? `select a.* from agent a where ${FILTERS} and ${where} order by ${order} limit ${STRETCH}`
    : 'select a.* from agent a where false';
  const values = [workspaceId, limit + 1, q ? containing(q) : null, teamId ?? null, status ?? null, presence ?? null];
  return {
    ...(q ? searched(page, stretch) : { with: '', page: page('agent a', `${FILTERS} and ${SEARCH}`) }),
    values: [...values, hidePhone ?? null, ...params],
  };
}

/** What is in `with` is evaluated when, and only if, it is asked for. */
function searched(page: (agents: string, condition: string) => string, stretch: string): Omit<AgentIds, 'values'> {
  const before = `
with near as materialized (select a.* from (${stretch}) a where ${SEARCH} limit $2),
  nearby as materialized (select count(*) >= $2 as is_enough from near),
  found as materialized (select a.* from agent a where ${FILTERS} and ${SEARCH} limit ${FEW + 1}),
  amount as materialized (select count(*) <= ${FEW} as is_few from found)`;
  const otherwise = (yes: string) => `case when (select is_enough from nearby) then false else ${yes} end`;
  const places = [
    page('near a', '(select is_enough from nearby)'),
    page('found a', otherwise('(select is_few from amount)')),
    page('agent a', `${otherwise('not (select is_few from amount)')} and ${FILTERS} and ${SEARCH}`),
  ];
  return { with: before, page: places.map((place) => `(${place})`).join(' union all ') };
}

function isWalkable({ sort, presence }: ListAgentsQuery): boolean {
  return presence === undefined && (!sort || WALKABLE.test(sort));
}

/** Teams and presence where the page is sorted or filtered by them: joining them to all that matches is dear. */
function joins({ sort = '', presence }: ListAgentsQuery): string {
  const team = /\bteam\b/.test(sort) ? 'join team t on t.id = a.team_id' : '';
  const isByPresence = presence !== undefined || /\bpresence\b/.test(sort);
  return `${team} ${isByPresence ? 'join agent_presence p on p.agent_id = a.id' : ''}`;
}
