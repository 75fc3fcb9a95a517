import type { EntityManager } from '@mikro-orm/postgresql';

/** What must happen after the commit: telling of it, for example. */
export type AfterCommit = () => Promise<void>;

/**
 * What others must do inside the transaction in which an agent comes or loses the right to work.
 * Features built on agents implement it and register at boot; each returns what to do after the commit.
 */
export interface AgentParticipant {
  /** An agent was created. */
  created?(em: EntityManager, workspaceId: string, agentIds: string[]): Promise<AfterCommit>;
  /** An agent became inactive or was deleted: release what it holds. */
  ended?(em: EntityManager, workspaceId: string, agentId: string): Promise<AfterCommit>;
  /** An agent became inactive or active: what is shown of it changes. */
  lifecycleChanged?(em: EntityManager, workspaceId: string, agentId: string): Promise<AfterCommit>;
}
