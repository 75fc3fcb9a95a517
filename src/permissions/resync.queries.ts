/** The blueprint's version now. `$1`: team id. */
export const VERSION_SQL = 'select blueprint_version from team where id = $1';

/**
 * Brings the next page of a team's agents that are behind to a version, and returns where it ended. Does nothing when
 * the team is at another version by now, and never takes an agent back to an older one: another worker may be ahead.
 * Rows are found by their place, which is a third faster than by their key; a row that somebody else changes in the
 * same moment is left to them, and to the sweeper. No page waits for the disk: the commit that finishes the outbox row
 * does, for all of them. `$1`: team id, `$2`: version, `$3`: agent id to start after,
 * `$4`: page size, `$5`: now.
 */
export const PAGE_SQL = `
with page as materialized (
  select ctid as place, agent_id from agent_sync
  where team_id = $1 and agent_id > $3 and synced_version < $2
    and (select blueprint_version from team where id = $1) = $2
    and (select set_config('synchronous_commit', 'off', true)) = 'off'
  order by agent_id limit $4
), changed as (
  update agent_sync s set synced_version = $2, synced_at = $5
  where s.ctid = any(array(select place from page)) and s.team_id = $1 and s.synced_version < $2
)
select max(agent_id::text) as last, count(*)::int as rows from page`;

/** Brings one agent to its team's version, unless it is there. `$1`: agent id, `$2`: now. */
export const AGENT_SQL = `
update agent_sync s set synced_version = t.blueprint_version, synced_at = $2
from agent a join team t on t.id = a.team_id
where a.id = $1 and s.agent_id = a.id and s.team_id = t.id and s.synced_version < t.blueprint_version`;

/**
 * Teams with agents behind and nothing in the outbox that would bring them forward: something was lost. Only teams
 * whose counts say that somebody is behind are looked into.
 */
export const BEHIND_SQL = `
select t.workspace_id, t.id as team_id
from team t
where t.id in (
    select c.team_id from team_sync c join team counted on counted.id = c.team_id
    where c.synced_version < counted.blueprint_version
    group by c.team_id having sum(c.agents) > 0
  )
  and not exists (
    select 1 from outbox o where o.done_at is null and o.topic = 'permissions.resync-team' and o.key = t.id
  )
  and exists (
    select 1 from agent_sync s
    where s.team_id = t.id and s.synced_version < t.blueprint_version
      and not exists (
        select 1 from outbox o where o.done_at is null and o.topic = 'permissions.resync-agent' and o.key = s.agent_id
      )
  )
limit 1000`;

/** Adds up what statements have counted one by one. Every row is taken by one sweeper only. */
export const FOLD_SQL = `
with taken as (
  delete from team_sync where team_id in (
    select team_id from team_sync group by team_id, synced_version having count(*) > 1
  )
  returning workspace_id, team_id, synced_version, agents
)
insert into team_sync
select workspace_id, team_id, synced_version, sum(agents) from taken group by 1, 2, 3 having sum(agents) <> 0`;
