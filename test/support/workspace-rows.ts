import { randomBytes, randomUUID } from 'node:crypto';
import type { Pool } from 'pg';

/** A workspace with teams, agents and conversations, as rows: for tests that begin below the API. */
export interface WorkspaceRows {
  id: string;
  teams: string[];
  agents: { id: string; teamId: string }[];
  /** Conversation n is assigned to agent n, or to nobody where there is none. */
  conversations: string[];
}

const TEAM = `
insert into team (id, workspace_id, name, status, permissions, capacity, created_at, updated_at)
select id, $1, 'Team ' || id, 'active', '{inbox.read,inbox.reply}', 5, now(), now() from unnest($2::uuid[]) as team (id)`;
const AGENT = `
insert into agent (id, workspace_id, team_id, name, email, phone, status, created_at, updated_at)
select id, $1, team_id, 'Agent', id || '@example.com', '+5511912345678', 'active', now(), now()
from unnest($2::uuid[], $3::uuid[]) as agent (id, team_id)`;
const CONTACT = `
insert into contact (id, workspace_id, phone_index, created_at, updated_at)
values ($2, $1, $3, now(), now())`;
const CONVERSATION = `
insert into conversation (id, workspace_id, origin, contact_id, team_id, assignee_id, created_at, updated_at)
select id, $1, 'api', $2, $3, assignee_id, now(), now() from unnest($4::uuid[], $5::uuid[]) as c (id, assignee_id)`;

/** Makes a workspace of its own with so many of each. */
export async function insertWorkspace(
  pool: Pool,
  counts: { teams: number; agents: number; conversations: number },
): Promise<WorkspaceRows> {
  const id = randomUUID();
  const teams = uuids(counts.teams);
  const agents = uuids(counts.agents).map((agent, n) => ({ id: agent, teamId: teams[n % teams.length] ?? '' }));
  const conversations = uuids(counts.conversations);
  await pool.query(
    `insert into workspace (id, slug, name, created_at) values ($1::uuid, $1::uuid::text, 'Test', now())`,
    [id],
  );
  await pool.query(TEAM, [id, teams]);
  await pool.query(AGENT, [id, agents.map((agent) => agent.id), agents.map((agent) => agent.teamId)]);
  const contact = randomUUID();
  await pool.query(CONTACT, [id, contact, randomBytes(32)]);
  const assignees = conversations.map((_, n) => agents[n]?.id ?? null);
  await pool.query(CONVERSATION, [id, contact, teams[0], conversations, assignees]);
  return { id, teams, agents, conversations };
}

function uuids(count: number): string[] {
  return Array.from({ length: count }, () => randomUUID());
}
