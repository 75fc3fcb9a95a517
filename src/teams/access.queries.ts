import type { EntityManager } from '@mikro-orm/postgresql';
import type { Lifecycle } from '#contracts';
import { type Rights, rightsOf } from '../access/blueprint.js';
import { sql } from '../platform/database/database.js';

/** Some agents by id, or everybody in a team. */
export type Affected = { agentIds: string[] } | { teamId: string };

/** What an agent, or everybody of a team alike, has access to. */
export interface Access {
  /** Of the agent, or the team. */
  id: string;
  /** How many agents it is true of. */
  agents: number;
  rights: Rights;
  /** Everything that decides access, in one text. */
  access: string;
  /** Moves with every change of the agent. */
  version: string;
}

interface AccessRow {
  id: string;
  agents: number;
  status: Lifecycle;
  deleted: boolean;
  team_id: string;
  team_status: Lifecycle;
  permissions: string[];
  hide_phone: boolean;
  auth_epoch: number;
  version: number;
}

const OF_AGENTS = `
select a.id, 1 as agents, a.status, a.deleted_at is not null as deleted, a.team_id, t.status as team_status,
  t.permissions, a.hide_phone, a.auth_epoch, a.version
from agent a join team t on t.id = a.team_id
where a.workspace_id = $1 and a.id = any($2::uuid[])`;

const OF_TEAM = `
select t.id, (select count(*)::int from agent a where a.team_id = t.id and a.deleted_at is null) as agents,
  'active' as status, t.deleted_at is not null as deleted, t.id as team_id, t.status as team_status, t.permissions,
  false as hide_phone, 0 as auth_epoch, 0 as version
from team t where t.workspace_id = $1 and t.id = $2`;

/** The access of those affected, as things stand in the transaction of `em`. */
export async function accessOf(em: EntityManager, workspaceId: string, affected: Affected): Promise<Access[]> {
  const isTeam = 'teamId' in affected;
  const scope = isTeam ? affected.teamId : affected.agentIds;
  return (await sql<AccessRow>(em, isTeam ? OF_TEAM : OF_AGENTS, [workspaceId, scope])).map(toAccess);
}

function toAccess(row: AccessRow): Access {
  const agentStatus = row.deleted ? 'inactive' : row.status;
  const rights = rightsOf({ agentStatus, teamStatus: row.team_status, blueprint: row.permissions, key: null });
  const decisive = [row.team_id, agentStatus, row.team_status, row.hide_phone, row.auth_epoch, [...rights]];
  return {
    id: row.id,
    agents: row.agents,
    rights,
    access: JSON.stringify(decisive),
    version: String(row.version),
  };
}
