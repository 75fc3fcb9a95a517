import type { EntityManager } from '@mikro-orm/postgresql';
import type { Authority } from '../access/authority.js';

/**
 * What teams need of those who are in them. The agents' feature, which is built on teams, implements it:
 * a team can't be deleted under its members.
 */
export interface TeamMembers {
  /** How many agents are in the team. */
  count(em: EntityManager, teamId: string): Promise<number>;
  /**
   * Moves all agents of one team to another, in the transaction of `em`, under the same rules as moving each; the
   * returned function tells of it after the commit. 403 `beyond_own_rights`, `self_edit`.
   */
  moveAll(em: EntityManager, caller: Authority, from: string, to: string): Promise<() => Promise<void>>;
}
