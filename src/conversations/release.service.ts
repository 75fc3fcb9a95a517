/**
 * What becomes of conversations whose agents may not answer them any more.
 *
 * Who calls: the agents' feature, around every change that reduces rights. Guaranteed: in the transaction of the
 * change such conversations are nobody's; where the team's policy is `reassign`, an outbox row of the same transaction
 * has each given to the least loaded assignable agent of its team. What must never happen: an open conversation of
 * somebody who may not answer.
 */
import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { ReleasePolicy } from '#contracts';
import { type AgentParticipant, AgentParticipants, type AgentScope } from '../agents/agent.participants.js';
import { AuditService } from '../audit/audit.service.js';
import { Clock } from '../platform/clock.js';
import { Database, sql } from '../platform/database/database.js';
import { EventBus } from '../platform/events/event-bus.js';
import { type JobContext, JobRegistry } from '../platform/jobs/job-registry.js';
import { Outbox } from '../platform/outbox/outbox.js';
import type { Released } from '../teams/team-members.js';
import { AssignmentService } from './assignment.service.js';
import type { ConversationState } from './conversation.events.js';
import { LISTED_SQL, RELEASE_SQL } from './release.queries.js';

declare module '../platform/jobs/job-registry.js' {
  interface Jobs {
    /** Gives a released conversation to the least loaded assignable agent of its team. The key is its id. */
    'conversations.hand-over': true;
  }
}

const HAND_OVER = 'conversations.hand-over';

/** An agent on the lists of assignable agents: its team's, and the workspace's. */
interface Listed {
  id: string;
  teamId: string;
}

type ReleasedRow = Omit<ConversationState, 'assigneeId'> & { policy: ReleasePolicy };

@Injectable()
export class ReleaseService implements OnModuleInit, AgentParticipant {
  constructor(
    private readonly database: Database,
    private readonly participants: AgentParticipants,
    private readonly assignment: AssignmentService,
    private readonly registry: JobRegistry,
    private readonly outbox: Outbox,
    private readonly audit: AuditService,
    private readonly bus: EventBus,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.participants.join(this);
    this.registry.own(HAND_OVER, (context) => this.handOver(context));
  }

  async reducing(em: EntityManager, scope: AgentScope): Promise<() => Promise<Released>> {
    const before = await sql<Listed>(em, LISTED_SQL, parametersOf(scope));
    return async () => {
      const { workspaceId } = scope;
      // By id: a team's agents may have been moved elsewhere by now.
      const listed = before.map(({ id }) => id);
      const after = listed.length > 0 ? await sql<Listed>(em, LISTED_SQL, [workspaceId, listed, null]) : [];
      const released = await sql<ReleasedRow>(em, RELEASE_SQL, [...parametersOf(scope), this.clock.date()]);
      this.record(em, workspaceId, released);
      const handedOn = released.filter(({ policy }) => policy === 'reassign').map(({ id }) => id);
      await this.outbox.add(em, workspaceId, HAND_OVER, handedOn);
      const conversations = released.map(({ policy: _, ...row }) => ({ ...row, assigneeId: null }));
      return {
        conversationsReleased: released.length,
        listsLeft: listsLeft(before, after),
        of: byAgent(before, after, released),
        told: () => this.tell(workspaceId, conversations),
      };
    };
  }

  private async handOver({ workspaceId, key: id }: JobContext): Promise<void> {
    const state = await this.database.transaction(workspaceId, async (em) => {
      const asked = await this.outbox.unfinished(em, HAND_OVER, id);
      const given = await this.assignment.handOver(em, id);
      await this.outbox.finish(em, asked);
      return given;
    });
    if (state) await this.tell(workspaceId, [state]);
  }

  private async tell(workspaceId: string, conversations: ConversationState[]): Promise<void> {
    if (conversations.length > 0) await this.bus.publish('conversation.changed', { workspaceId, conversations });
  }

  private record(em: EntityManager, workspaceId: string, released: ReleasedRow[]): void {
    for (const { id, previousAssigneeId } of released) {
      this.audit.record(em, {
        actor: 'system',
        workspaceId,
        action: 'conversation.released',
        target: { kind: 'conversation', id },
        before: { assigneeId: previousAssigneeId },
        after: { assigneeId: null },
      });
    }
  }
}

function parametersOf(scope: AgentScope): [string, string[] | null, string | null] {
  return 'teamId' in scope ? [scope.workspaceId, null, scope.teamId] : [scope.workspaceId, scope.agentIds, null];
}

/** The same counts for each agent alone. */
function byAgent(before: Listed[], after: Listed[], released: ReleasedRow[]): Released['of'] {
  const owners = Map.groupBy(released, ({ previousAssigneeId }) => previousAssigneeId);
  const wasListed = new Map(before.map((listed) => [listed.id, listed]));
  const isListed = new Map(after.map((listed) => [listed.id, listed]));
  const one = (listed: Listed | undefined) => (listed ? [listed] : []);
  return (id) => ({
    conversationsReleased: owners.get(id)?.length ?? 0,
    listsLeft: listsLeft(one(wasListed.get(id)), one(isListed.get(id))),
  });
}

/** Whoever is on no list any more left two; whoever is on those of another team left one. */
function listsLeft(before: Listed[], after: Listed[]): number {
  const teams = new Map(after.map(({ id, teamId }) => [id, teamId]));
  return before.reduce((left, { id, teamId }) => left + (teams.has(id) ? Number(teams.get(id) !== teamId) : 2), 0);
}
