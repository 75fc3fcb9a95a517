import type { EntityManager } from '@mikro-orm/postgresql';
import { sql } from '../platform/database/database.js';
import type { Candidate } from './assignability.js';
import type { ConversationState } from './conversation.events.js';

/** An agent as the rule sees it. */
export interface CandidateAgent extends Candidate {
  id: string;
}

export const CANDIDATE = `
select a.id, a.status, t.status as "teamStatus", 'inbox.reply' = any(t.permissions) as "canReply", p.state as presence,
  coalesce(a.capacity, t.capacity) as capacity, a.team_id as "teamId",
  (select count(*)::int from conversation c where c.assignee_id = a.id and c.status = 'open') as open
from agent a join team t on t.id = a.team_id join agent_presence p on p.agent_id = a.id
where a.workspace_id = $1 and a.deleted_at is null`;

/**
 * Locks the agent: others who assign to it wait, and so do its deactivation, its move and its presence. What is
 * read afterwards holds until the transaction ends. `$1`: workspace, `$2`: id.
 */
const LOCK_AGENT_SQL = `
select id from agent where workspace_id = $1 and id = $2 and deleted_at is null for no key update`;

/** Only once the agent can't be moved any more: a join would wait for it and then look at the team it left. */
const LOCK_STANDING_SQL = `
select 1 from agent a
join team t on t.id = a.team_id
join agent_presence p on p.agent_id = a.id
where a.workspace_id = $1 and a.id = $2
for share of t for share of p`;

/** The agent, locked, as the rule sees it; null when there is none in the workspace. */
export async function lockCandidate(
  em: EntityManager,
  workspaceId: string,
  id: string,
): Promise<CandidateAgent | null> {
  const locked = await sql(em, LOCK_AGENT_SQL, [workspaceId, id]);
  if (locked.length === 0) return null;
  await sql(em, LOCK_STANDING_SQL, [workspaceId, id]);
  const rows = await sql<CandidateAgent>(em, `${CANDIDATE} and a.id = $2`, [workspaceId, id]);
  return rows[0] ?? null;
}

/** A conversation that nobody has, locked. */
export type FreeConversation = Pick<ConversationState, 'id' | 'teamId' | 'waitingSince' | 'version'>;

const LOCK_FREE_SQL = `
select id, team_id as "teamId", version, (extract(epoch from waiting_since) * 1000)::float8 as "waitingSince"
from conversation where workspace_id = $1 and id = any($2::uuid[]) and status = 'open' and assignee_id is null
order by id for no key update skip locked`;

/** Locks those of the conversations that nobody has, neither as theirs nor locked. */
export async function lockFree(
  em: EntityManager,
  workspaceId: string,
  ids: readonly string[],
): Promise<Map<string, FreeConversation>> {
  return byId(await sql<FreeConversation>(em, LOCK_FREE_SQL, [workspaceId, ids]));
}

const LOCK_FREE_AGENTS_SQL = `
select id from agent where workspace_id = $1 and id = any($2::uuid[]) and deleted_at is null
order by id for no key update skip locked`;

const LOCK_FREE_STANDINGS_SQL = `
select a.id from agent a
join team t on t.id = a.team_id
join agent_presence p on p.agent_id = a.id
where a.workspace_id = $1 and a.id = any($2::uuid[])
for share of t skip locked for share of p skip locked`;

/** As `lockCandidate`, those of many that nobody else has locked. */
export async function lockFreeCandidates(
  em: EntityManager,
  workspaceId: string,
  ids: readonly string[],
): Promise<Map<string, CandidateAgent>> {
  if (ids.length === 0) return new Map();
  const agents = await sql<{ id: string }>(em, LOCK_FREE_AGENTS_SQL, [workspaceId, ids]);
  const standing = await sql<{ id: string }>(em, LOCK_FREE_STANDINGS_SQL, [workspaceId, idsOf(agents)]);
  return byId(await sql<CandidateAgent>(em, `${CANDIDATE} and a.id = any($2::uuid[])`, [workspaceId, idsOf(standing)]));
}

const ASSIGN_FREE_SQL = `
update conversation c set assignee_id = g.assignee_id, assigned_at = $3, updated_at = $3, version = c.version + 1
from unnest($1::uuid[], $2::uuid[]) as g (id, assignee_id) where c.id = g.id`;

/** Writes what was given of what `lockFree` has locked. */
export async function assignFree(em: EntityManager, given: readonly ConversationState[], at: Date): Promise<void> {
  if (given.length === 0) return;
  await sql(em, ASSIGN_FREE_SQL, [idsOf(given), given.map(({ assigneeId }) => assigneeId), at]);
}

function idsOf(rows: readonly { id: string }[]): string[] {
  return rows.map(({ id }) => id);
}

function byId<Row extends { id: string }>(rows: readonly Row[]): Map<string, Row> {
  return new Map(rows.map((row) => [row.id, row]));
}

/** Agents who could take a conversation as things stand unlocked, least loaded first, then who waited longest. */
export async function likelyCandidates(
  em: EntityManager,
  workspaceId: string,
  teamId: string | null,
  limit: number,
): Promise<string[]> {
  const rows = await sql<{ id: string }>(
    em,
    `select id from (${CANDIDATE}) candidate
     where status = 'active' and "teamStatus" = 'active' and "canReply" and presence = 'available' and open < capacity
       and ($2::uuid is null or "teamId" = $2)
     order by open::float / capacity, open,
       (select max(c.assigned_at) from conversation c where c.assignee_id = candidate.id) nulls first, id
     limit $3`,
    [workspaceId, teamId, limit],
  );
  return rows.map((row) => row.id);
}

/**
 * One by one in a workspace: whoever is handed out next is then chosen knowing what was handed out before, and nobody
 * who holds one agent waits for another. Held until the transaction ends. `$1`: workspace.
 */
export const HAND_OUT_LOCK_SQL = "select pg_advisory_xact_lock(hashtextextended('hand out ' || $1, 0))";

/** Whether the agent is of the team now. */
export async function isMember(em: EntityManager, agentId: string, teamId: string): Promise<boolean> {
  const rows = await sql(em, 'select 1 from agent where id = $1 and team_id = $2 and deleted_at is null', [
    agentId,
    teamId,
  ]);
  return rows.length > 0;
}

/** Some of the agents who were asked, as the rule sees them: for saying why nobody can take it. */
export function askedAgents(em: EntityManager, workspaceId: string, teamId: string | null): Promise<CandidateAgent[]> {
  return sql(em, `${CANDIDATE} and ($2::uuid is null or a.team_id = $2) limit 500`, [workspaceId, teamId]);
}
