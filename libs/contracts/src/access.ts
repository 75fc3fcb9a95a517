/** What somebody may do now, where it comes from, and why not. */
import type { Permission } from './permissions.js';
import type { Id, Reference } from './views.js';

/** Whether an agent's rights hold at all. */
export type Standing =
  /** They do. */
  | 'active'
  /** The agent is inactive, and may nothing. */
  | 'agent_inactive'
  /** The agent's team is inactive: none of its agents may anything. */
  | 'team_inactive';

/** Why a permission is denied. */
export type RightsDenial =
  /** The agent is inactive. */
  | 'agent_inactive'
  /** The agent's team is inactive. */
  | 'team_inactive'
  /** The team's blueprint does not have it. */
  | 'not_in_blueprint'
  /** The API key that asks was made without it; its maker has it. */
  | 'not_in_key';

/** Where a permission comes from: the blueprint of the agent's team, and nothing else. */
export interface PermissionSource {
  kind: 'team';
  id: Id;
  name: string;
}

/** A permission and where it comes from. */
export interface SourcedPermission {
  key: Permission;
  source: PermissionSource;
}

/** An agent's effective permissions and where each comes from. */
export interface EffectivePermissions {
  agentId: Id;
  team: Reference;
  /** Which version of the team's blueprint this is. */
  blueprintVersion: number;
  hidePhone: boolean;
  /** Why `data` is empty, when it is for that reason. */
  standing: Standing;
  /** What the agent may do now, in the catalogue's order; nothing unless `standing` is `active`. */
  data: SourcedPermission[];
  /** Of these, what the API key that asks about its own maker may not do; else empty. */
  withheld: Permission[];
}

/** May they? Asked by other services, for each thing that they are about to do. */
export interface AccessCheckRequest {
  /** An agent, needs `agents.read` or `agents.manage` unless it is the caller. Absent: whoever calls, with this credential. */
  agentId?: Id;
  /** 1 to 200. */
  permissions: Permission[];
}

/** What somebody may do now, of what was asked. */
export interface AccessDecision {
  /** Whether all of it is allowed. */
  allowed: boolean;
  /** Each permission that was asked for. */
  decisions: { [permission: string]: boolean };
  /** Which version of the team's blueprint decided. */
  blueprintVersion: number;
  /** About whom. */
  agentId: Id;
  standing: Standing;
  /** Why, for each permission that is denied. */
  reasons: { [permission: string]: RightsDenial };
}
