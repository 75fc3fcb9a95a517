import type { EntityManager } from '@mikro-orm/postgresql';
import { sql } from '../platform/database/database.js';
import type { AgentState } from './agent.events.js';

/** Everybody of one team who is to be in another. */
export interface TeamMove {
  workspaceId: string;
  from: string;
  to: string;
  at: Date;
}

/** Agents in one statement: more would keep the connection, and the process, from anything else for too long. */
export const MOVED_AT_ONCE = 1_000;

const FIRST_KEY = '00000000-0000-0000-0000-000000000000';

/** Those next in the order of their ids. `$1`: workspace, `$2`: team, `$3`: after this id, `$4`: how many. */
const PAGE_SQL = `
select id from agent
where workspace_id = $1 and team_id = $2 and deleted_at is null and id > $3 order by id limit $4 for update`;

/** `$1`: agents, `$2`: team, `$3`: now. */
const MOVE_SQL = `
update agent set team_id = $2, version = version + 1, updated_at = $3 where id = any($1::uuid[])
returning id, name, team_id as "teamId", status, capacity, version, false as deleted`;

/** The agents of the team, page by page and locked. Only what comes after the last page is looked for. */
export async function* lockedPages(em: EntityManager, { workspaceId, from }: TeamMove): AsyncGenerator<string[]> {
  let key = FIRST_KEY;
  for (;;) {
    const rows = await sql<{ id: string }>(em, PAGE_SQL, [workspaceId, from, key, MOVED_AT_ONCE]);
    const ids = rows.map(({ id }) => id);
    if (ids.length > 0) yield ids;
    if (ids.length < MOVED_AT_ONCE) return;
    key = ids.at(-1) ?? key;
  }
}

/** Moves locked agents; what live views need to know of them. */
export function moveAgents(em: EntityManager, ids: string[], { to, at }: TeamMove): Promise<AgentState[]> {
  return sql<AgentState>(em, MOVE_SQL, [ids, to, at]);
}
