/**
 * Who gets a conversation.
 *
 * Guaranteed: an assignment holds the agent's row while it checks the rule and writes, so no agent ever has more
 * than its capacity and none is assigned to after its deactivation has answered. Every refusal has reasons.
 */
import { Injectable } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { AuditAction, ConversationView, NotAssignableReason } from '#contracts';
import { type Authority, requirePermission } from '../access/authority.js';
import { type Actor, type AuditRecord, AuditService } from '../audit/audit.service.js';
import { Clock } from '../platform/clock.js';
import { Database, sql } from '../platform/database/database.js';
import { invalid, ProblemException, validationFailed } from '../platform/errors/problem.exception.js';
import { EventBus } from '../platform/events/event-bus.js';
import { requireVersion } from '../platform/http/etag.js';
import { TeamsService } from '../teams/teams.service.js';
import { reasonsAgainst } from './assignability.js';
import { askedAgents, HAND_OUT_LOCK_SQL, isMember, likelyCandidates, lockCandidate } from './assignment.queries.js';
import type { Conversation } from './conversation.entity.js';
import type { ConversationState } from './conversation.events.js';
import type { AssignRequest } from './conversations.dto.js';
import { alreadyResolved, ConversationsService, notAssignable } from './conversations.service.js';
import { GroupedAssignments } from './grouped-assignments.js';

/** How many are tried before giving up: each may have been taken by somebody else meanwhile. */
const TRIES = 20;

@Injectable()
export class AssignmentService {
  constructor(
    private readonly database: Database,
    private readonly conversations: ConversationsService,
    private readonly grouped: GroupedAssignments,
    private readonly teams: TeamsService,
    private readonly audit: AuditService,
    private readonly bus: EventBus,
    private readonly clock: Clock,
  ) {}

  /** Assigns to an agent, or to whoever has the least to do. 409 `not_assignable` with reasons. */
  async assign(
    caller: Authority,
    id: string,
    request: AssignRequest,
    expected: number | null,
  ): Promise<ConversationView> {
    requireTarget(request);
    const taking = request.agentId === caller.agentId;
    requirePermission(caller, ...(taking ? (['inbox.reply', 'inbox.assign'] as const) : (['inbox.assign'] as const)));
    const { agentId, teamId } = request;
    const together = agentId && !teamId ? await this.grouped.assign(caller, id, agentId, expected) : null;
    return together ?? this.assignAlone(caller, id, request, expected);
  }

  private async assignAlone(
    caller: Authority,
    id: string,
    request: AssignRequest,
    expected: number | null,
  ): Promise<ConversationView> {
    const { workspaceId } = caller;
    const taking = request.agentId === caller.agentId;
    const state = await this.database.transaction(workspaceId, async (em) => {
      const conversation = await this.lockOpen(em, id, expected);
      if (request.teamId) await this.teams.requireForMember(em, request.teamId);
      if (taking && conversation.assigneeId !== caller.agentId && conversation.assigneeId !== null) {
        requirePermission(caller, 'inbox.assign');
      }
      const agentId = request.agentId
        ? await this.requireAssignable(em, workspaceId, conversation, request.agentId)
        : await this.leastLoaded(em, workspaceId, conversation, request.teamId ?? conversation.teamId);
      return this.give(em, caller, conversation, agentId);
    });
    if (state) await this.bus.publish('conversation.changed', { workspaceId, conversations: [state] });
    return this.conversations.viewFor(caller, id);
  }

  /**
   * Hands the conversation to a team. Whoever has it keeps it only as an agent of that team. 422 `team_not_found`.
   */
  async transfer(caller: Authority, id: string, teamId: string, expected: number | null): Promise<ConversationView> {
    const { workspaceId } = caller;
    const state = await this.database.transaction(workspaceId, async (em) => {
      const conversation = await this.lockOpen(em, id, expected);
      const team = await this.teams.requireForMember(em, teamId);
      if (conversation.teamId === team.id) return null;
      const { teamId: from, assigneeId: previous } = conversation;
      const keeps = previous === null || (await isMember(em, previous, team.id));
      conversation.transfer(team.id, keeps, this.clock.date());
      const change = { before: { teamId: from }, after: { teamId: team.id } };
      this.audit.record(em, { ...entryOf(caller, conversation, 'conversation.transferred'), ...change });
      if (!keeps) this.record(em, caller, conversation, 'conversation.unassigned', previous);
      return conversation.state(previous);
    });
    if (state) await this.bus.publish('conversation.changed', { workspaceId, conversations: [state] });
    return this.conversations.viewFor(caller, id);
  }

  /** Takes the conversation from whoever has it. */
  async unassign(caller: Authority, id: string, expected: number | null): Promise<ConversationView> {
    const { workspaceId } = caller;
    const state = await this.database.transaction(workspaceId, async (em) => {
      const conversation = await this.lockOpen(em, id, expected);
      const previous = conversation.assigneeId;
      if (previous === null) return null;
      conversation.unassign(this.clock.date());
      this.record(em, caller, conversation, 'conversation.unassigned', previous);
      return conversation.state(previous);
    });
    if (state) await this.bus.publish('conversation.changed', { workspaceId, conversations: [state] });
    return this.conversations.viewFor(caller, id);
  }

  /** Gives a released conversation to whoever of its team has the least to do; to nobody if nobody can take it. */
  async handOver(em: EntityManager, id: string): Promise<ConversationState | null> {
    const conversation = await this.conversations.lock(em, id);
    if (conversation.status === 'resolved' || conversation.assigneeId !== null) return null;
    const agentId = await this.find(em, conversation, conversation.teamId);
    return agentId ? this.give(em, 'system', conversation, agentId) : null;
  }

  /**
   * As `handOver`, for a conversation that the queue has locked: first to who had it, then to whoever has the least to
   * do.
   */
  async offer(em: EntityManager, id: string): Promise<ConversationState | null> {
    const conversation = await this.conversations.lock(em, id);
    const { workspaceId, teamId, formerAgentId } = conversation;
    const former = formerAgentId && (await lockCandidate(em, workspaceId, formerAgentId));
    const isFree = former && reasonsAgainst(former, teamId).length === 0;
    const agentId = isFree ? former.id : await this.find(em, conversation, teamId);
    return agentId ? this.give(em, 'system', conversation, agentId) : null;
  }

  private async lockOpen(em: EntityManager, id: string, expected: number | null): Promise<Conversation> {
    const conversation = await this.conversations.lock(em, id);
    requireVersion(conversation.version, expected);
    if (conversation.status === 'resolved') throw alreadyResolved();
    return conversation;
  }

  private give(em: EntityManager, actor: Actor, conversation: Conversation, agentId: string): ConversationState | null {
    const previous = conversation.assigneeId;
    if (previous === agentId) return null;
    conversation.assign(agentId, this.clock.date());
    this.record(em, actor, conversation, 'conversation.assigned', previous);
    return conversation.state(previous);
  }

  /** Assigning to who has it already changes nothing and is never refused. */
  private async requireAssignable(
    em: EntityManager,
    workspaceId: string,
    conversation: Conversation,
    agentId: string,
  ): Promise<string> {
    if (conversation.assigneeId === agentId) return agentId;
    const candidate = await lockCandidate(em, workspaceId, agentId);
    if (!candidate) {
      throw invalid('agentId', 'agent_not_found', 'Choose an agent from GET /api/v1/inbox/assignable.');
    }
    const reasons = reasonsAgainst(candidate);
    if (reasons.length > 0) throw notAssignable(reasons);
    return agentId;
  }

  private async leastLoaded(
    em: EntityManager,
    workspaceId: string,
    conversation: Conversation,
    teamId: string | null,
  ): Promise<string> {
    const found = await this.find(em, conversation, teamId);
    if (found) return found;
    const asked = await askedAgents(em, workspaceId, teamId);
    // In a team without agents everybody is of another one.
    const all: NotAssignableReason[] =
      asked.length > 0 ? asked.flatMap((agent) => reasonsAgainst(agent)) : ['other_team'];
    const reasons = [...new Set(all)];
    throw new ProblemException('not_assignable', 'Nobody who was asked can take it now; see reasons.', { reasons });
  }

  /** Whoever has the least to do, locked; null: nobody can take it. */
  private async find(em: EntityManager, conversation: Conversation, teamId: string | null): Promise<string | null> {
    const { workspaceId, assigneeId } = conversation;
    await sql(em, HAND_OUT_LOCK_SQL, [workspaceId]);
    for (const id of await likelyCandidates(em, workspaceId, teamId, TRIES)) {
      if (id === assigneeId) return id;
      const candidate = await lockCandidate(em, workspaceId, id);
      if (candidate && reasonsAgainst(candidate, teamId).length === 0) return id;
    }
    return null;
  }

  private record(
    em: EntityManager,
    actor: Actor,
    conversation: Conversation,
    action: AuditAction,
    previous: string | null,
  ): void {
    const change = { before: { assigneeId: previous }, after: { assigneeId: conversation.assigneeId } };
    this.audit.record(em, { ...entryOf(actor, conversation, action), ...change });
  }
}

function entryOf(actor: Actor, { id, workspaceId }: Conversation, action: AuditAction): AuditRecord {
  return { actor, workspaceId, action, target: { kind: 'conversation', id } };
}

function requireTarget(request: AssignRequest): void {
  if (!!request.agentId !== !!request.strategy) return;
  const detail = 'Send either agentId or strategy: "least-loaded".';
  throw validationFailed([{ pointer: '/agentId', code: 'target_required', detail }]);
}
