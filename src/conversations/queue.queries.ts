import { CANDIDATE } from './assignment.queries.js';

/** Locks what waits longest in the team's queue, if the team's are given out. `$1`: workspace, `$2`: team. */
export const NEXT_SQL = `
select c.id from conversation c join team t on t.id = c.team_id
where c.workspace_id = $1 and c.team_id = $2 and c.status = 'open' and c.assignee_id is null
  and t.auto_assign and t.status = 'active' and t.deleted_at is null
order by coalesce(c.waiting_since, c.created_at), c.id
limit 1 for update of c skip locked`;

/** Asks for offers wherever something waits, somebody could take it, and nobody is about to see to it. */
export const SWEEP_SQL = `
select ask_for_offers(t.id) from team t
where t.auto_assign and t.status = 'active' and t.deleted_at is null
  and exists (select from conversation c where c.team_id = t.id and c.status = 'open' and c.assignee_id is null)
  and not exists (
    select from outbox o where o.topic = 'conversations.offer' and o.key = t.id and o.done_at is null)
  and exists (
    select from (${CANDIDATE.replace('a.workspace_id = $1', 'a.team_id = t.id')}) candidate
    where status = 'active' and "canReply" and presence = 'available' and open < capacity)`;
