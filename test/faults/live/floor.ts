/**
 * A floor for suites about the live roster: agents in teams, each with a conversation, put into the database at once;
 * and a key with which to report and to look.
 */
import { randomBytes } from 'node:crypto';
import type { CreatedApiKeyView, Permission, TeamView } from '#contracts';
import { newId } from '../../../src/platform/ids.js';
import type { Office } from '../resync/office.js';

const KEY: Permission[] = ['dashboard.view', 'interactions.write'];

const FILL = `
with agents as (
  insert into agent (id, workspace_id, team_id, name, email, phone, status, created_at, updated_at)
  select id, $1, team_id, 'Agent', id || '@example.com', '+351912345678', 'active', now(), now()
  from unnest($2::uuid[], $3::uuid[]) as agent (id, team_id) returning id, team_id
), presences as (insert into agent_presence (agent_id, workspace_id, since) select id, $1, now() from agents)
insert into agent_sync (agent_id, workspace_id, team_id, synced_version, synced_at)
select id, $1, team_id, 1, now() from agents`;
const CONTACT =
  'insert into contact (id, workspace_id, phone_index, created_at, updated_at) values ($2, $1, $3, now(), now())';
const CONVERSATIONS = `
insert into conversation (id, workspace_id, origin, contact_id, assignee_id, assigned_at, created_at, updated_at)
select id, $1, 'api', $2, assignee_id, now(), now(), now()
from unnest($3::uuid[], $4::uuid[]) as conversation (id, assignee_id)`;

/** An agent, with the conversation that is its own. */
export interface FloorAgent {
  id: string;
  teamId: string;
  conversationId: string;
}

export interface Floor {
  workspaceId: string;
  teams: string[];
  agents: FloorAgent[];
  /** A key that may report interactions and look at the dashboard. */
  key: string;
}

export async function makeFloor(
  office: Office,
  count: { agents: number; teams: number },
  signal: AbortSignal,
): Promise<Floor> {
  const teams: string[] = [];
  for (let index = 0; index < count.teams; index++) {
    const body = { name: `Floor ${index}`, permissions: ['inbox.read' as const] };
    teams.push((await office.insist<TeamView>({ method: 'POST', path: '/teams', body }, signal)).id);
  }
  const [workspace] = await office.sql<{ id: string }>('select workspace_id as id from team where id = $1', [teams[0]]);
  const workspaceId = workspace?.id ?? '';
  const agents = Array.from({ length: count.agents }, (_, index) => ({
    id: newId(),
    teamId: teams[index % teams.length] ?? '',
    conversationId: newId(),
  }));
  const column = (name: keyof FloorAgent) => agents.map((agent) => agent[name]);
  const contact = newId();
  await office.sql(FILL, [workspaceId, column('id'), column('teamId')]);
  await office.sql(CONTACT, [workspaceId, contact, randomBytes(32)]);
  await office.sql(CONVERSATIONS, [workspaceId, contact, column('conversationId'), column('id')]);
  await office.sql('analyze', []);
  const body = { name: 'Floor', permissions: KEY };
  const { key } = await office.insist<CreatedApiKeyView>({ method: 'POST', path: '/api-keys', body }, signal);
  return { workspaceId, teams, agents, key };
}
