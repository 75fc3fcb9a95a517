import { CANDIDATE } from './assignment.queries.js';

/** Agents of a scope: `$2` ids, or `$3` a team; the other is null. */
const IN_SCOPE = '(a.id = any($2::uuid[]) or a.team_id = $3::uuid)';

/** Who of the scope is on lists of assignable agents now. `$1`: workspace, `$2`, `$3`: scope. */
export const LISTED_SQL = `
select id, "teamId" from (${CANDIDATE} and ${IN_SCOPE}) candidate
where status = 'active' and "teamStatus" = 'active' and "canReply" and presence = 'available' and open < capacity`;

/**
 * Releases what agents of the scope have open and may not answer any more. `$1`: workspace, `$2`, `$3`: scope, `$4`:
 * now.
 */
export const RELEASE_SQL = `
update conversation c set assignee_id = null, former_agent_id = a.id, assigned_at = null, version = c.version + 1, updated_at = $4
from agent a join team t on t.id = a.team_id
where c.assignee_id = a.id and c.status = 'open' and a.workspace_id = $1 and ${IN_SCOPE}
  and not (a.deleted_at is null and a.status = 'active' and t.status = 'active' and 'inbox.reply' = any(t.permissions))
returning c.id, c.team_id as "teamId", c.status, c.version, a.id as "previousAssigneeId",
  (extract(epoch from c.waiting_since) * 1000)::float8 as "waitingSince",
  coalesce((select own.release_policy from team own where own.id = c.team_id), t.release_policy) as policy`;
