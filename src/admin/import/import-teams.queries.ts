import type { Queryable } from '../../platform/database/database.js';
import type { TeamIds } from './import-row.js';

/** `$1`: workspace, `$2`: names and ids in lower case. */
const TEAMS_SQL = `
select id, lower(name) as name from team
where workspace_id = $1 and deleted_at is null and (lower(name) = any($2::text[]) or id::text = any($2::text[]))`;

/** The teams that are named, or whose id is given. */
export async function findTeams(database: Queryable, workspaceId: string, named: readonly string[]): Promise<TeamIds> {
  const wanted = [...new Set(named.map((name) => name.trim().toLowerCase()).filter(Boolean))];
  const { rows } = await database.query<{ id: string; name: string }>(TEAMS_SQL, [workspaceId, wanted]);
  return new Map([...rows.map(({ id, name }) => [name, id] as const), ...rows.map(({ id }) => [id, id] as const)]);
}
