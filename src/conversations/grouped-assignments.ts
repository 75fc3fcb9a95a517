/**
 * Plain assignments, committed together: a free conversation to an agent who is named.
 *
 * Who calls: `AssignmentService`, for whatever may be plain; it does alone what is answered with null. Guaranteed: the
 * same rule under the same locks, in the order of the requests, so that each is refused or granted knowing those
 * before it. Audited commits of a workspace are written one after the other: together they wait for the disk once. Must
 * never happen: waiting for a row that somebody else has locked, as all of the group would wait, and could wait for
 * each other; such a request is left to be done alone. What the audit log then locks, and in which order, is in
 * `webhooks/endpoint.lock.ts`.
 */
import { Injectable } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { ConversationView } from '#contracts';
import type { Authority } from '../access/authority.js';
import { AuditService } from '../audit/audit.service.js';
import { Clock } from '../platform/clock.js';
import { Database } from '../platform/database/database.js';
import { GroupCommit } from '../platform/database/group-commit.js';
import { ProblemException } from '../platform/errors/problem.exception.js';
import { EventBus } from '../platform/events/event-bus.js';
import { requireVersion } from '../platform/http/etag.js';
import { currentRequestId, type InTransaction, joined, withoutRequest } from '../platform/http/request-context.js';
import { reasonsAgainst } from './assignability.js';
import {
  assignFree,
  type CandidateAgent,
  type FreeConversation,
  lockFree,
  lockFreeCandidates,
} from './assignment.queries.js';
import type { ConversationState } from './conversation.events.js';
import { ConversationsService, notAssignable } from './conversations.service.js';

interface Wish {
  caller: Authority;
  id: string;
  agentId: string;
  expected: number | null;
  requestId: string | null;
  /** What its request wants done where it is written. */
  join: InTransaction | null;
}

/** What becomes of a wish. */
type Decision =
  { kind: 'given'; wish: Wish; state: ConversationState } | { kind: 'refused'; error: unknown } | { kind: 'alone' };

type Given = Extract<Decision, { kind: 'given' }>;

/** Null: do it alone. */
type Answer = Promise<ConversationView | null>;

const MAX_TOGETHER = 100;
const MAX_WAITING = 5_000;

@Injectable()
export class GroupedAssignments {
  private readonly groups = new Map<string, GroupCommit<Wish, Answer>>();

  constructor(
    private readonly database: Database,
    private readonly conversations: ConversationsService,
    private readonly audit: AuditService,
    private readonly bus: EventBus,
    private readonly clock: Clock,
  ) {}

  /** The conversation, assigned; null: do it alone. 409 `not_assignable` with reasons, 412 `stale_version`. */
  async assign(caller: Authority, id: string, agentId: string, expected: number | null): Answer {
    const wish = { caller, id, agentId, expected, requestId: currentRequestId(), join: joined() };
    return this.groupOf(caller.workspaceId).submit(wish);
  }

  private groupOf(workspaceId: string): GroupCommit<Wish, Answer> {
    const known = this.groups.get(workspaceId);
    if (known) return known;
    const group = new GroupCommit<Wish, Answer>({
      commit: (wishes) => this.commit(workspaceId, wishes),
      rowsOf: () => 1,
      maxInFlight: 1,
      maxRows: MAX_TOGETHER,
      maxWaiting: MAX_WAITING,
    });
    this.groups.set(workspaceId, group);
    return group;
  }

  /** Results are promises of having told: the next group doesn't wait for that. */
  private async commit(workspaceId: string, wishes: readonly Wish[]): Promise<Answer[]> {
    const decisions = await withoutRequest(() =>
      this.database.transaction(workspaceId, (em) => this.decideAll(em, workspaceId, wishes)),
    );
    const views = this.tell(workspaceId, decisions.filter(isGiven));
    return decisions.map(async (decision) => {
      if (decision.kind === 'refused') throw decision.error;
      return decision.kind === 'given' ? ((await views).get(decision.wish.id) ?? null) : null;
    });
  }

  private async decideAll(em: EntityManager, workspaceId: string, wishes: readonly Wish[]): Promise<Decision[]> {
    const free = await lockFree(em, workspaceId, unique(wishes.map(({ id }) => id)));
    const wanted = wishes.filter(({ id }) => free.has(id)).map(({ agentId }) => agentId);
    const candidates = await lockFreeCandidates(em, workspaceId, unique(wanted));
    const decisions: Decision[] = [];
    for (const wish of wishes) decisions.push(await decide(em, wish, free, candidates));
    const given = decisions.filter(isGiven);
    await assignFree(
      em,
      given.map(({ state }) => state),
      this.clock.date(),
    );
    await this.audit.recordAll(em, given.map(recordOf));
    return decisions;
  }

  /** Each as its caller may see it. */
  private async tell(workspaceId: string, given: readonly Given[]): Promise<Map<string, ConversationView>> {
    if (given.length === 0) return new Map();
    await this.bus.publish('conversation.changed', { workspaceId, conversations: given.map(({ state }) => state) });
    return this.conversations.viewsFor(new Map(given.map(({ wish }) => [wish.id, wish.caller])));
  }
}

/** Takes what is given from `free`, and counts it for the agent. */
async function decide(
  em: EntityManager,
  wish: Wish,
  free: Map<string, FreeConversation>,
  candidates: Map<string, CandidateAgent>,
): Promise<Decision> {
  const [conversation, candidate] = [free.get(wish.id), candidates.get(wish.agentId)];
  if (!conversation || !candidate) return { kind: 'alone' };
  try {
    requireVersion(conversation.version, wish.expected);
    const reasons = reasonsAgainst(candidate);
    if (reasons.length > 0) throw notAssignable(reasons);
    await wish.join?.(em);
  } catch (error) {
    // Anything else has ended the transaction for all: the group is done again one by one.
    if (!(error instanceof ProblemException)) throw error;
    return { kind: 'refused', error };
  }
  free.delete(wish.id);
  candidate.open++;
  const { version, ...rest } = conversation;
  const assignment = { assigneeId: wish.agentId, previousAssigneeId: null, status: 'open' as const };
  return { kind: 'given', wish, state: { ...rest, ...assignment, version: version + 1 } };
}

function recordOf({ wish: { caller, id, agentId, requestId } }: Given) {
  return {
    actor: caller,
    workspaceId: caller.workspaceId,
    action: 'conversation.assigned' as const,
    target: { kind: 'conversation' as const, id },
    before: { assigneeId: null },
    after: { assigneeId: agentId },
    requestId,
  };
}

function isGiven(decision: Decision): decision is Given {
  return decision.kind === 'given';
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)];
}
