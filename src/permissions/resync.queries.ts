/** The blueprint's version now. `$1`: team id. */
export const VERSION_SQL = 'select blueprint_version from team where id = $1';

/**
 * Brings one page of a team's agents to a version; unchanged rows are skipped. Returns where the page ended.
 * `$1`: team id, `$2`: version, `$3`: agent id to start after, `$4`: page size, `$5`: now.
 */
export const PAGE_SQL = `
with page as (
  select agent_id from agent_sync where team_id = $1 and agent_id > $3 order by agent_id limit $4
), changed as (
  update agent_sync s set synced_version = $2, synced_at = $5
  from page where s.agent_id = page.agent_id and s.synced_version <> $2
)
select max(agent_id::text) as last, count(*)::int as rows from page`;

/** Brings one agent to its team's version. `$1`: agent id, `$2`: now. */
export const AGENT_SQL = `
update agent_sync s set synced_version = t.blueprint_version, synced_at = $2, team_id = t.id
from agent a join team t on t.id = a.team_id
where a.id = $1 and s.agent_id = a.id`;

/** Teams with agents behind and nothing in the outbox that would bring them forward: something was lost. */
export const BEHIND_SQL = `
select distinct t.workspace_id, t.id as team_id
from agent_sync s
join team t on t.id = s.team_id
join agent a on a.id = s.agent_id and a.deleted_at is null
where s.synced_version < t.blueprint_version
  and not exists (select 1 from outbox o where o.done_at is null and o.key in (t.id, s.agent_id))
limit 1000`;
