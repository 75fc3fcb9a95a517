import { Injectable } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { Agent } from './agent.entity.js';

/** What must happen after the commit: telling of it, for example. */
export type AfterCommit = () => Promise<void>;

/**
 * What others must do inside the transaction in which an agent comes or loses the right to work.
 * Features built on agents implement it and join at boot; each call returns what to do after the commit.
 */
export interface AgentParticipant {
  /** Agents were created. */
  created?(em: EntityManager, workspaceId: string, agentIds: string[]): Promise<AfterCommit>;
  /** An agent became inactive or active, or was deleted: what is shown of it changes. */
  lifecycleChanged?(em: EntityManager, workspaceId: string, agentId: string): Promise<AfterCommit>;
  /** An agent became inactive or was deleted: release what it holds. */
  ended?(em: EntityManager, workspaceId: string, agentId: string): Promise<AfterCommit>;
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

  /** What is shown of the agent changes. */
  lifecycleChanged(em: EntityManager, { workspaceId, id }: Agent): Promise<AfterCommit[]> {
    return this.each((participant) => participant.lifecycleChanged?.(em, workspaceId, id));
  }

  /** The agent may not work any more. */
  async ended(em: EntityManager, agent: Agent): Promise<AfterCommit[]> {
    const shown = await this.lifecycleChanged(em, agent);
    const released = await this.each((participant) => participant.ended?.(em, agent.workspaceId, agent.id));
    return [...shown, ...released];
  }

  private async each(act: (participant: AgentParticipant) => Promise<AfterCommit> | undefined): Promise<AfterCommit[]> {
    const told: AfterCommit[] = [];
    for (const participant of this.participants) {
      const tell = await act(participant);
      if (tell) told.push(tell);
    }
    return told;
  }
}
