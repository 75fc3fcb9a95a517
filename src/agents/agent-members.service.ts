import { Injectable, type OnModuleInit } from '@nestjs/common';
import { LockMode } from '@mikro-orm/core';
import type { EntityManager } from '@mikro-orm/postgresql';
import { requireAdministrator } from '../access/administrator.rule.js';
import type { Authority } from '../access/authority.js';
import { Revocations } from '../access/revocation/revocations.service.js';
import { Clock } from '../platform/clock.js';
import { Outbox } from '../platform/outbox/outbox.js';
import type { Moved, Released, TeamMembers } from '../teams/team-members.js';
import { TeamWrites } from '../teams/team-writes.service.js';
import { refuseSelf } from './agent-access.rule.js';
import { AgentChanges, noOutcome } from './agent-changes.service.js';
import { AgentWrites } from './agent-writes.service.js';
import { Agent } from './agent.entity.js';
import { AgentParticipants } from './agent.participants.js';

/** Agents as the members of teams: counted, and moved together when their team ends. */
@Injectable()
export class AgentMembers implements TeamMembers, OnModuleInit {
  constructor(
    private readonly teams: TeamWrites,
    private readonly writes: AgentWrites,
    private readonly changes: AgentChanges,
    private readonly participants: AgentParticipants,
    private readonly revocations: Revocations,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.teams.useMembers(this);
  }

  count(em: EntityManager, teamId: string): Promise<number> {
    return em.count(Agent, { teamId, deletedAt: null });
  }

  reducing(em: EntityManager, workspaceId: string, teamId: string): Promise<() => Promise<Released>> {
    return this.participants.reducing(em, { workspaceId, teamId });
  }

  async moveAll(em: EntityManager, caller: Authority, from: string, to: string): Promise<Moved> {
    const { workspaceId } = caller;
    await this.writes.requireGrantable(em, caller, to);
    const agents = await this.lockAll(em, from);
    const ids = agents.map((agent) => agent.id);
    const release = await this.participants.reducing(em, { workspaceId, agentIds: ids });
    for (const agent of agents) {
      const before = agent.settings();
      agent.change({ teamId: to }, this.clock.date());
      this.changes.auditChange(em, caller, agent, before);
    }
    await em.flush();
    await requireAdministrator(em, workspaceId);
    for (const id of ids) refuseSelf(caller, id);
    await this.changes.resetSync(em, ids);
    await this.outbox.add(em, workspaceId, 'permissions.resync-team', [to]);
    const { conversationsReleased, listsLeft, told } = await release();
    // Whoever is connected is still known by the team they were in.
    const revocation = await this.revocations.add(em, {
      conversationsReleased,
      listsLeft,
      workspaceId,
      subject: { kind: 'team', id: from },
      agentId: null,
      cause: 'team_deleted',
      actorId: caller.agentId,
    });
    const outcome = { ...noOutcome(workspaceId), changed: agents, told: [told] };
    return { revocations: [revocation], told: () => this.changes.tell([outcome]) };
  }

  private lockAll(em: EntityManager, teamId: string): Promise<Agent[]> {
    const options = { lockMode: LockMode.PESSIMISTIC_WRITE, orderBy: { id: 'asc' } } as const;
    return em.find(Agent, { teamId, deletedAt: null }, options);
  }
}
