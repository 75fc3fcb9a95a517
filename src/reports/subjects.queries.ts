import type { PoolClient } from 'pg';
import type { ReportGrouping, ReportSubject } from '#contracts';

/** Whom a report's page is about. */
export interface SubjectFilter {
  workspaceId: string;
  /** Whoever was deleted before this is left out. */
  from: Date;
  teamId: string | null;
  agentId: string | null;
  /** The last subject of the page before. */
  after: string | null;
  limit: number;
}

/** A row's subject, with the agents who count for it. */
export interface Subject extends ReportSubject {
  /** The agent's id or the team's. */
  id: string;
  agentIds: string[];
}

const THERE = `a.workspace_id = $1 and (a.deleted_at is null or a.deleted_at > $2)
  and ($3::uuid is null or a.team_id = $3) and ($4::uuid is null or a.id = $4)`;

const AGENTS_SQL = `
select a.id, a.name, t.id as "teamId", t.name as "teamName", array[a.id] as "agentIds"
from agent a join team t on t.id = a.team_id
where ${THERE} and ($5::uuid is null or a.id > $5) order by a.id limit $6`;

const TEAMS_SQL = `
select t.id, t.name, t.id as "teamId", t.name as "teamName",
  array(select a.id from agent a where a.team_id = t.id and ${THERE}) as "agentIds"
from team t
where t.workspace_id = $1 and (t.deleted_at is null or t.deleted_at > $2) and ($3::uuid is null or t.id = $3)
  and ($4::uuid is null or t.id = (select team_id from agent where workspace_id = $1 and id = $4))
  and ($5::uuid is null or t.id > $5)
order by t.id limit $6`;

interface SubjectRow {
  id: string;
  name: string;
  teamId: string;
  teamName: string;
  agentIds: string[];
}

/** By id, which is about the order in which they were made. */
export async function findSubjects(
  client: PoolClient,
  grouping: ReportGrouping,
  filter: SubjectFilter,
): Promise<Subject[]> {
  const { workspaceId, from, teamId, agentId, after, limit } = filter;
  const text = grouping === 'agent' ? AGENTS_SQL : TEAMS_SQL;
  const { rows } = await client.query<SubjectRow>(text, [workspaceId, from, teamId, agentId, after, limit]);
  return rows.map(({ id, name, teamId: team, teamName, agentIds }) => ({
    id,
    agent: grouping === 'agent' ? { id, name } : null,
    team: { id: team, name: teamName },
    agentIds,
  }));
}

/** Whether the workspace has, or had, such a team or agent. */
export async function isKnown(
  client: PoolClient,
  workspaceId: string,
  table: 'team' | 'agent',
  id: string,
): Promise<boolean> {
  const found = await client.query(`select 1 from ${table} where workspace_id = $1 and id = $2`, [workspaceId, id]);
  return found.rowCount !== 0;
}
