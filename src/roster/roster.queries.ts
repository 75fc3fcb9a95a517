import type { PoolClient } from 'pg';
import type { AgentState } from '../agents/agent.events.js';
import type { ConversationState } from '../conversations/conversation.events.js';
import { countsSince } from '../density/density.queries.js';
import type { Database, Queryable } from '../platform/database/database.js';
import type { PresenceState } from '../presence/presence.events.js';
import type { TeamState } from '../teams/team.events.js';
import type { LoadedState } from './projection/inputs.js';

/** A time as milliseconds since 1970. */
export const milliseconds = (column: string) => `floor(extract(epoch from ${column}) * 1000)::float8`;

/** With what was deleted lately: an older version that comes late must not bring it back. */
const NOT_LONG_GONE = `(deleted_at is null or deleted_at > now() - interval '1 hour')`;

const TEAMS_SQL = `
select id, name, status, 'inbox.reply' = any(permissions) as "canReply", capacity, version,
  deleted_at is not null as deleted
from team where workspace_id = $1 and ${NOT_LONG_GONE}`;

const AGENTS_SQL = `
select id, name, team_id as "teamId", status, capacity, version, deleted_at is not null as deleted
from agent where workspace_id = $1 and ${NOT_LONG_GONE} order by id`;

const PRESENCE = `
select agent_id as "agentId", state, availability, connected, ${milliseconds('since')} as since, version
from agent_presence`;

const CONVERSATIONS_SQL = `
select c.id, c.team_id as "teamId", c.assignee_id as "assigneeId", c.status,
  ${milliseconds('c.waiting_since')} as "waitingSince", c.version
from conversation c join agent a on a.id = c.assignee_id
where a.workspace_id = $1 and c.status = 'open'`;

/** The workspace as one snapshot sees it, with the counts that windows need from `bucket` on. */
export async function loadWorkspace(
  database: Database,
  workspaceId: string,
  bucket: number,
): Promise<Omit<LoadedState, 'settledAt'>> {
  return database.snapshot(workspaceId, (client) => readAll(client, workspaceId, bucket));
}

/** The presence of agents, for telling it with the agents themselves. */
export async function presencesOf(database: Queryable, agentIds: string[]): Promise<PresenceState[]> {
  return (await database.query<PresenceState>(`${PRESENCE} where agent_id = any($1::uuid[])`, [agentIds])).rows;
}

async function readAll(client: PoolClient, workspaceId: string, bucket: number) {
  const read = async <Row extends object>(text: string) => (await client.query<Row>(text, [workspaceId])).rows;
  const { rows } = await client.query<{ snapshot: string }>('select pg_current_snapshot()::text as snapshot');
  return {
    snapshot: rows[0].snapshot,
    teams: await read<TeamState>(TEAMS_SQL),
    agents: await read<AgentState>(AGENTS_SQL),
    presences: await read<PresenceState>(`${PRESENCE} where workspace_id = $1`),
    conversations: await read<ConversationState>(CONVERSATIONS_SQL),
    counts: await countsSince(client, workspaceId, bucket),
  };
}
