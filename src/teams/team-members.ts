import type { EntityManager } from '@mikro-orm/postgresql';
import type { Authority } from '../access/authority.js';
import type { Revocation } from '../access/revocation/revocations.service.js';

/** How much was taken from agents because they may not hold it any more. */
export interface ReleasedCounts {
  conversationsReleased: number;
  listsLeft: number;
}

/** What was taken from agents, and how to tell of it after the commit. */
export interface Released extends ReleasedCounts {
  /** What of it was one agent's. */
  of: (agentId: string) => ReleasedCounts;
  told: () => Promise<void>;
}

/** Agents who were moved in a transaction: what was revoked with it, and how to tell of it after the commit. */
export interface Moved {
  revocations: Revocation[];
  told: () => Promise<void>;
}

/**
 * What teams need of those who are in them. The agents' feature, which is built on teams, implements it:
 * a team can't be deleted under its members.
 */
export interface TeamMembers {
  /** How many agents are in the team. */
  count(em: EntityManager, teamId: string): Promise<number>;
  /** Whether somebody active in the team sees customers' numbers. */
  showsNumbers(em: EntityManager, teamId: string): Promise<boolean>;
  /**
   * Moves all agents of one team to another, in the transaction of `em`, under the same rules as moving each.
   * 403 `beyond_own_rights`, `self_edit`.
   */
  moveAll(em: EntityManager, caller: Authority, from: string, to: string): Promise<Moved>;
  /** Called before the rights of everybody in a team are reduced. Call what it returns after that was written. */
  reducing(em: EntityManager, workspaceId: string, teamId: string): Promise<() => Promise<Released>>;
}
