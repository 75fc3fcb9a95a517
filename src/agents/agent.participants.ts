import { Injectable } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { Released, ReleasedCounts } from '../teams/team-members.js';

/** What must happen after the commit: telling of it, for example. */
export type AfterCommit = () => Promise<void>;

/** Some agents by id, or everybody in a team. */
export type AgentScope = { workspaceId: string } & ({ agentIds: string[] } | { teamId: string });

/**
 * What others must do inside the transaction in which an agent comes or loses the right to work.
 * Features built on agents implement it and join at boot; each call returns what to do after the commit.
 */
export interface AgentParticipant {
  /** Agents were created. */
  created?(em: EntityManager, workspaceId: string, agentIds: string[]): Promise<AfterCommit>;
  /** Agents became inactive or active, or were deleted: what is shown of them changes. */
  lifecycleChanged?(em: EntityManager, workspaceId: string, agentIds: string[]): Promise<AfterCommit>;
  /**
   * Rights of the agents are about to be reduced. The returned function is called once that is written: it takes from
   * them what they may not hold any more.
   */
  reducing?(em: EntityManager, scope: AgentScope): Promise<() => Promise<Released>>;
}

/** Everybody who takes part in agents' coming and going. */
@Injectable()
export class AgentParticipants {
  private readonly participants: AgentParticipant[] = [];

  /** Called at boot. */
  join(participant: AgentParticipant): void {
    this.participants.push(participant);
  }

  created(em: EntityManager, workspaceId: string, agentIds: string[]): Promise<AfterCommit[]> {
    return this.each((participant) => participant.created?.(em, workspaceId, agentIds));
  }

  /** What is shown of the agents changes. */
  async lifecycleChanged(em: EntityManager, workspaceId: string, agentIds: string[]): Promise<AfterCommit[]> {
    if (agentIds.length === 0) return [];
    return this.each((participant) => participant.lifecycleChanged?.(em, workspaceId, agentIds));
  }

  /** Call it before the rights of agents are reduced, and what it returns after that was written. */
  async reducing(em: EntityManager, scope: AgentScope): Promise<() => Promise<Released>> {
    const releases = await this.each((participant) => participant.reducing?.(em, scope));
    return async () => {
      const released: Released[] = [];
      for (const release of releases) released.push(await release());
      return {
        ...sum(released),
        of: (agentId) => sum(released.map((each) => each.of(agentId))),
        told: async () => {
          for (const { told } of released) await told();
        },
      };
    };
  }

  private async each<T>(act: (participant: AgentParticipant) => Promise<T> | undefined): Promise<T[]> {
    const results: T[] = [];
    for (const participant of this.participants) {
      const result = await act(participant);
      if (result !== undefined) results.push(result);
    }
    return results;
  }
}

function sum(counts: readonly ReleasedCounts[]): ReleasedCounts {
  return {
    conversationsReleased: counts.reduce((total, each) => total + each.conversationsReleased, 0),
    listsLeft: counts.reduce((total, each) => total + each.listsLeft, 0),
  };
}
