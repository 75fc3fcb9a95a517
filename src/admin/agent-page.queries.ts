/**
 * Which agents are on a page of the list, in order: `id`.
 *
 * What a page costs must depend on the page, not on the workspace. Without a search it is read off the index of its
 * order. A search looks through a stretch of the list from the cursor on, where what is common is met; has that too
 * little, all that match are looked up by their letters and sorted (names that match stand together, perhaps at the
 * other end of the list). Either way a page is exact: nobody who matches is left out.
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
const STRETCH = 1_000;

const FILTERS = `a.workspace_id = $1 and a.deleted_at is null
  and ($4::uuid is null or a.team_id = $4) and ($5::text is null or a.status = $5)
  and ($7::boolean is null or a.hide_phone = $7)`;
/** Between name and e-mail in `searched`. What it is part of may be found across the two, so each is looked at. */
const SEPARATOR = '\u001f';
const SEARCH = 'a.searched like lower($3::text)';
const SEARCH_EACH = `${SEARCH} and (lower(a.name) like lower($3::text) or lower(a.email) like lower($3::text))`;
/** `$8` in pairs of letters, the last two perhaps overlapping: whatever contains it has them all. */
const PAIRS = String.raw`(select case when length(sought) = 1 then array[sought] else array(
  select substr(sought, least(n, length(sought) - 1), 2) from generate_series(1, length(sought), 2) n) end
  from translate(lower($8::text), E'\x1f', ' ') sought)`;
/** As the index `agent_letters` has it. More may have the letters than contain the text. */
const HAS_LETTERS = `letters_of(a.searched collate "C") @> ${PAIRS}`;
/** PostgreSQL has to see every parameter in the statement. */
const NOT_SEARCHED = '$3::text is null and $8::text is null';

export interface AgentIds {
  /** What stands before the statement. */
  with: string;
  page: string;
  /** Where an agent stands in the list, by its agent `a`, team `t` and presence `p`: for those on the page only. */
  cursor: string;
  values: unknown[];
}

export function agentIds(workspaceId: string, query: ListAgentsQuery): AgentIds {
  const { q, teamId, status, presence, hidePhone, limit } = query;
  const { cursor, where, order, params } = keyset(query, SORTS, { fallback: 'name', id: 'a.id', firstParam: 9 });
  const page = (agents: string, condition: string) => `
    select a.id from ${agents} ${joins(query)}
    where ${condition} and ${presence ? 'p.state = $6' : '$6::text is null'} and ${where} order by ${order} limit $2`;
  const stretch = isWalkable(query)
    ? `select a.* from agent a where ${FILTERS} and ${where} order by ${order} limit ${STRETCH}`
    : 'select a.* from agent a where false';
  const filters = [q ? containing(q) : null, teamId ?? null, status ?? null, presence ?? null, hidePhone ?? null];
  return {
    ...(q ? searched(q, page, stretch) : { with: '', page: page('agent a', `${FILTERS} and ${NOT_SEARCHED}`) }),
    cursor,
    values: [workspaceId, limit + 1, ...filters, q ?? null, ...params],
  };
}

/** What is in `with` is evaluated when, and only if, it is asked for. */
function searched(
  q: string,
  page: (agents: string, condition: string) => string,
  stretch: string,
): Pick<AgentIds, 'with' | 'page'> {
  const matches = q.includes(SEPARATOR) ? SEARCH_EACH : SEARCH;
  const before = `
with near as materialized (select a.* from (${stretch}) a where ${matches} limit $2),
  nearby as materialized (select count(*) >= $2 as is_enough from near)`;
  // With `offset 0` it is looked up as it stands: in the order of the list, all of the list might be read.
  const found = `(select a.* from agent a where ${FILTERS} and ${matches} and ${HAS_LETTERS} offset 0) a`;
  const places = [page('near a', '(select is_enough from nearby)'), page(found, 'not (select is_enough from nearby)')];
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
