import type { EntityManager } from '@mikro-orm/postgresql';

/**
 * What teams need of those who are in them. The agents' feature, which is built on teams, implements it:
 * a team can't be deleted under its members.
 */
export interface TeamMembers {
  /** How many agents are in the team. */
  count(em: EntityManager, teamId: string): Promise<number>;
  /** Moves all agents of one team to another, in the transaction of `em`; the returned function tells of it after the commit. */
  moveAll(em: EntityManager, workspaceId: string, from: string, to: string): Promise<() => Promise<void>>;
}
