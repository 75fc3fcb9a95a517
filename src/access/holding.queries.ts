import type { Lifecycle, Reference } from '#contracts';
import type { Queryable } from '../platform/database/database.js';
import type { Authority } from './authority.js';
import type { Holding } from './blueprint.js';

/** An agent with all that decides its rights, read in one statement. */
export interface AgentHolding extends Holding {
  agentId: string;
  team: Reference;
  blueprintVersion: number;
  hidePhone: boolean;
}

interface HoldingRow {
  agent_status: Lifecycle;
  team_status: Lifecycle;
  team_id: string;
  team_name: string;
  permissions: string[];
  blueprint_version: number;
  hide_phone: boolean;
  key_permissions: string[] | null;
}

/** `$3`: an API key of the agent, or null. One that was ended meanwhile has nothing, not everything. */
const HOLDING_SQL = `
select a.status as agent_status, t.status as team_status, t.id as team_id, t.name as team_name, t.permissions,
  t.blueprint_version, a.hide_phone,
  case when $3::uuid is not null then coalesce(k.permissions, '{}') end as key_permissions
from agent a join team t on t.id = a.team_id
  left join api_key k on k.id = $3 and k.agent_id = a.id and k.revoked_at is null and k.auth_epoch = a.auth_epoch
where a.workspace_id = $1 and a.id = $2 and a.deleted_at is null`;

/** What an agent of the workspace holds, through the API key `keyId` if there is one; null: no such agent. */
export async function findHolding(
  database: Queryable,
  workspaceId: string,
  agentId: string,
  keyId: string | null,
): Promise<AgentHolding | null> {
  const { rows } = await database.query<HoldingRow>(HOLDING_SQL, [workspaceId, agentId, keyId]);
  const row = rows[0];
  if (!row) return null;
  return {
    agentId,
    agentStatus: row.agent_status,
    teamStatus: row.team_status,
    team: { id: row.team_id, name: row.team_name },
    blueprint: row.permissions,
    key: row.key_permissions,
    blueprintVersion: row.blueprint_version,
    hidePhone: row.hide_phone,
  };
}

/** The API key that the caller showed; null: a session. */
export function keyOf({ credential }: Authority): string | null {
  return credential.kind === 'api_key' ? credential.id : null;
}
