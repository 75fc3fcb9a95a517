/**
 * Agents as the members of teams: counted, and moved together when their team ends.
 *
 * Who calls: the teams' feature, inside its transaction. Guaranteed: moving a whole team keeps the rules of moving
 * each agent, with one revocation for all; it goes page by page, so that neither the transaction is ever idle nor the
 * process busy for long, however many they are. What must never happen: a team's agents all in memory as entities.
 */
import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import { requireAdministrator } from '../access/administrator.rule.js';
import type { Authority } from '../access/authority.js';
import { type Revocation, Revocations } from '../access/revocation/revocations.service.js';
import { AuditService } from '../audit/audit.service.js';
import { Clock } from '../platform/clock.js';
import { ProblemException } from '../platform/errors/problem.exception.js';
import { EventBus } from '../platform/events/event-bus.js';
import { Outbox } from '../platform/outbox/outbox.js';
import type { Moved, Released, TeamMembers } from '../teams/team-members.js';
import { TeamWrites } from '../teams/team-writes.service.js';
import { refuseSelf } from './agent-access.rule.js';
import { AgentChanges } from './agent-changes.service.js';
import { lockedPages, moveAgents, type TeamMove } from './agent-moves.queries.js';
import { AgentWrites } from './agent-writes.service.js';
import { Agent } from './agent.entity.js';
import type { AgentState } from './agent.events.js';
import { AgentParticipants } from './agent.participants.js';

/** More would keep the workspace's other writes waiting for longer than they wait. */
const MOST_MOVED = 50_000;

/** Agents who were moved, in pages, and what is to be taken from each page once all are. */
interface MovedPages {
  pages: AgentState[][];
  releases: (() => Promise<Released>)[];
}

@Injectable()
export class AgentMembers implements TeamMembers, OnModuleInit {
  constructor(
    private readonly teams: TeamWrites,
    private readonly writes: AgentWrites,
    private readonly changes: AgentChanges,
    private readonly participants: AgentParticipants,
    private readonly revocations: Revocations,
    private readonly audit: AuditService,
    private readonly outbox: Outbox,
    private readonly bus: EventBus,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.teams.useMembers(this);
  }

  count(em: EntityManager, teamId: string): Promise<number> {
    return em.count(Agent, { teamId, deletedAt: null });
  }

  async showsNumbers(em: EntityManager, teamId: string): Promise<boolean> {
    return (await em.count(Agent, { teamId, deletedAt: null, status: 'active', hidePhone: false })) > 0;
  }

  reducing(em: EntityManager, workspaceId: string, teamId: string): Promise<() => Promise<Released>> {
    return this.participants.reducing(em, { workspaceId, teamId });
  }

  async moveAll(em: EntityManager, caller: Authority, from: string, to: string): Promise<Moved> {
    const { workspaceId } = caller;
    await this.writes.requireGrantable(em, caller, to);
    if ((await this.count(em, from)) > MOST_MOVED) throw tooMany();
    const isOwn = (await em.count(Agent, { id: caller.agentId, teamId: from, deletedAt: null })) > 0;
    const { pages, releases } = await this.movePages(em, caller, { workspaceId, from, to, at: this.clock.date() });
    await requireAdministrator(em, workspaceId);
    if (isOwn) refuseSelf(caller, caller.agentId);
    await this.outbox.add(em, workspaceId, 'permissions.resync-team', [to]);
    const released: Released[] = [];
    for (const release of releases) released.push(await release());
    const revocation = await this.revoke(em, caller, from, released);
    return { revocations: [revocation], told: () => this.tell(workspaceId, pages, released) };
  }

  /** All agents are locked and moved before anything is taken from one: the order in which everybody locks. */
  private async movePages(em: EntityManager, caller: Authority, move: TeamMove): Promise<MovedPages> {
    const { workspaceId } = move;
    const moved: MovedPages = { pages: [], releases: [] };
    for await (const agentIds of lockedPages(em, move)) {
      moved.releases.push(await this.participants.reducing(em, { workspaceId, agentIds }));
      moved.pages.push(await moveAgents(em, agentIds, move));
      await this.record(em, caller, agentIds, move);
      await this.changes.resetSync(em, agentIds);
    }
    return moved;
  }

  private record(em: EntityManager, actor: Authority, ids: string[], { workspaceId, from, to }: TeamMove) {
    const entries = ids.map((id) => ({
      actor,
      workspaceId,
      action: 'agent.moved' as const,
      target: { kind: 'agent' as const, id },
      before: { teamId: from },
      after: { teamId: to },
    }));
    return this.audit.recordAll(em, entries);
  }

  /** Whoever is connected is still known by the team they were in. */
  private revoke(
    em: EntityManager,
    caller: Authority,
    from: string,
    released: readonly Released[],
  ): Promise<Revocation> {
    return this.revocations.add(em, {
      conversationsReleased: released.reduce((sum, each) => sum + each.conversationsReleased, 0),
      listsLeft: released.reduce((sum, each) => sum + each.listsLeft, 0),
      workspaceId: caller.workspaceId,
      subject: { kind: 'team', id: from },
      agentId: null,
      cause: 'team_deleted',
      actorId: caller.agentId,
    });
  }

  /** Page by page too: each fits into an entry of the live feed. */
  private async tell(workspaceId: string, pages: readonly AgentState[][], released: readonly Released[]) {
    for (const agents of pages) await this.bus.publish('agent.changed', { workspaceId, agents });
    for (const { told } of released) await told();
  }
}

function tooMany(): ProblemException {
  return new ProblemException(
    'team_in_use',
    `More than ${MOST_MOVED.toLocaleString('en')} agents are in this team; move some of them first, with POST /api/v1/agents/bulk.`,
  );
}
