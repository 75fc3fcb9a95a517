/**
 * Conversations: opened by the API or by a customer's message, read through the privacy gate, resolved and reopened.
 * Who gets them is `assignment.service.ts`.
 */
import { Injectable } from '@nestjs/common';
import { LockMode } from '@mikro-orm/core';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { AuditAction, ConversationView, NotAssignableReason, Page } from '#contracts';
import { type Authority, requirePermission } from '../access/authority.js';
import { AuditService } from '../audit/audit.service.js';
import { ensureContacts, isErased } from '../contacts/contacts.queries.js';
import { contactErased } from '../contacts/contacts.service.js';
import { Clock } from '../platform/clock.js';
import { Database } from '../platform/database/database.js';
import { invalid, notFound, ProblemException } from '../platform/errors/problem.exception.js';
import { violates } from '../platform/errors/to-problem.js';
import { EventBus } from '../platform/events/event-bus.js';
import { requireVersion } from '../platform/http/etag.js';
import { toPage } from '../platform/http/page.js';
import { newId } from '../platform/ids.js';
import { ContactGate } from '../privacy/contact-gate.js';
import { toE164 } from '../privacy/phone.js';
import { PhoneVault } from '../privacy/phone-vault.js';
import { requireNoDigits } from '../privacy/search.rule.js';
import { TeamsService } from '../teams/teams.service.js';
import { Conversation } from './conversation.entity.js';
import {
  CONVERSATION_SQL,
  conversationPage,
  CONVERSATIONS_SQL,
  type ConversationRow,
  toConversationView,
} from './conversation-view.queries.js';
import type { CreateConversationRequest, ListConversationsQuery } from './conversations.dto.js';

@Injectable()
export class ConversationsService {
  constructor(
    private readonly database: Database,
    private readonly teams: TeamsService,
    private readonly vault: PhoneVault,
    private readonly gate: ContactGate,
    private readonly audit: AuditService,
    private readonly bus: EventBus,
    private readonly clock: Clock,
  ) {}

  /** `q` searches customers' names, and external ids for what is just it. 403 `phone_hidden`: see `requireNoDigits`. */
  async list(caller: Authority, query: ListConversationsQuery): Promise<Page<ConversationView>> {
    requireNoDigits(caller, query.q);
    const { text, values } = conversationPage(caller.workspaceId, query);
    const { rows } = await this.database.of(caller.workspaceId).query<ConversationRow>(text, values);
    return toPage(
      rows,
      query.limit,
      (row) => toConversationView(row, caller, this.gate),
      (row) => row.cursor,
    );
  }

  /** The conversation as the viewer may see it. Throws 404. */
  async viewFor(viewer: Pick<Authority, 'workspaceId' | 'hidePhone'>, id: string): Promise<ConversationView> {
    const { rows } = await this.database
      .of(viewer.workspaceId)
      .query<ConversationRow>(CONVERSATION_SQL, [viewer.workspaceId, id]);
    if (!rows[0]) throw notFound('conversation');
    return toConversationView(rows[0], viewer, this.gate);
  }

  /** Conversations of one workspace by their ids, each as the viewer may see it. */
  async viewsFor(viewers: ReadonlyMap<string, Authority>): Promise<Map<string, ConversationView>> {
    const [first] = viewers.values();
    if (!first) return new Map();
    const { workspaceId } = first;
    const values = [workspaceId, [...viewers.keys()]];
    const { rows } = await this.database.of(workspaceId).query<ConversationRow>(CONVERSATIONS_SQL, values);
    const seen = rows.flatMap((row) => {
      const viewer = viewers.get(row.id);
      return viewer ? [[row.id, toConversationView(row, viewer, this.gate)] as const] : [];
    });
    return new Map(seen);
  }

  /** Opens a conversation. 409 `external_id_taken`, 403 `phone_hidden` for a caller who may not know numbers. */
  async create(caller: Authority, request: CreateConversationRequest): Promise<ConversationView> {
    if (caller.hidePhone) {
      throw new ProblemException('phone_hidden', 'Customer numbers are hidden from you, so you can not name one.');
    }
    const phone = toE164(request.contact.phone);
    if (!phone) {
      throw invalid('contact/phone', 'phone_invalid', 'Give the number with + and country code, like +5511912345678.');
    }
    const conversation = await this.unique(() =>
      this.database.transaction(caller.workspaceId, (em) => this.add(em, caller, request, phone)),
    );
    await this.tell(conversation);
    return this.viewFor(caller, conversation.id);
  }

  /** Ends a conversation. One's own or nobody's with `inbox.reply`, another's with `inbox.assign`. */
  resolve(caller: Authority, id: string, expected: number | null): Promise<ConversationView> {
    return this.change(caller, id, expected, 'conversation.resolved', (conversation) => {
      if (conversation.status === 'resolved') throw alreadyResolved();
      conversation.resolve(this.clock.date());
    });
  }

  /** Opens a resolved conversation again, assigned to nobody. */
  reopen(caller: Authority, id: string, expected: number | null): Promise<ConversationView> {
    return this.change(caller, id, expected, 'conversation.reopened', async (conversation, em) => {
      if (conversation.status === 'open') {
        throw new ProblemException('conversation_already_open', 'This conversation is open already.');
      }
      if (await isErased(em, conversation.contactId)) throw contactErased();
      conversation.reopen(this.clock.date());
    });
  }

  /** The conversation, locked until the transaction ends. Throws 404. */
  async lock(em: EntityManager, id: string): Promise<Conversation> {
    const conversation = await em.findOne(Conversation, { id }, { lockMode: LockMode.PESSIMISTIC_WRITE });
    if (!conversation) throw notFound('conversation');
    return conversation;
  }

  private async change(
    caller: Authority,
    id: string,
    expected: number | null,
    action: AuditAction,
    apply: (conversation: Conversation, em: EntityManager) => void | Promise<void>,
  ): Promise<ConversationView> {
    const { conversation, previous } = await this.unique(() =>
      this.database.transaction(caller.workspaceId, async (em) => {
        const conversation = await this.lock(em, id);
        requireHandling(caller, conversation);
        requireVersion(conversation.version, expected);
        const previous = conversation.assigneeId;
        await apply(conversation, em);
        this.audit.record(em, {
          actor: caller,
          workspaceId: caller.workspaceId,
          action,
          target: { kind: 'conversation', id },
        });
        return { conversation, previous };
      }),
    );
    await this.tell(conversation, previous);
    return this.viewFor(caller, id);
  }

  private async add(
    em: EntityManager,
    caller: Authority,
    request: CreateConversationRequest,
    phone: string,
  ): Promise<Conversation> {
    const { workspaceId } = caller;
    const now = this.clock.date();
    if (request.teamId) await this.teams.requireForMember(em, request.teamId);
    const index = this.vault.index(workspaceId, phone);
    const cipher = this.vault.seal('phone', workspaceId, phone);
    const name = request.contact.name || null;
    const contacts = await ensureContacts(em, workspaceId, [{ id: newId(), index, cipher, name }], now);
    const conversation = em.create(
      Conversation,
      {
        id: newId(),
        workspaceId,
        externalId: request.externalId ?? null,
        origin: 'api',
        contactId: contacts.get(index.toString('hex')) ?? '',
        teamId: request.teamId ?? null,
        assigneeId: null,
        formerAgentId: null,
        status: 'open',
        lastInboundAt: null,
        lastOutboundAt: null,
        waitingSince: null,
        assignedAt: null,
        resolvedAt: null,
        version: 1,
        createdAt: now,
        updatedAt: now,
      },
      { persist: true },
    );
    const target = { kind: 'conversation' as const, id: conversation.id };
    this.audit.record(em, { actor: caller, workspaceId, action: 'conversation.created', target });
    return conversation;
  }

  private async tell(conversation: Conversation, previous: string | null = null): Promise<void> {
    await this.bus.publish('conversation.changed', {
      workspaceId: conversation.workspaceId,
      conversations: [conversation.state(previous)],
    });
  }

  private async unique<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (violates(error, 'conversation_external')) {
        throw new ProblemException('external_id_taken', 'Another conversation has this external id; use that one.');
      }
      if (violates(error, 'conversation_open_whatsapp')) {
        throw new ProblemException(
          'conversation_already_open',
          'This customer has a newer open conversation; use that one.',
        );
      }
      throw error;
    }
  }
}

/** Whether the caller may answer, resolve or reopen: their own and nobody's with `inbox.reply`, all with `inbox.assign`. */
function requireHandling(caller: Authority, conversation: Conversation): void {
  const othersOwn = conversation.assigneeId !== null && conversation.assigneeId !== caller.agentId;
  requirePermission(caller, ...(othersOwn ? (['inbox.assign'] as const) : (['inbox.reply', 'inbox.assign'] as const)));
}

export function alreadyResolved(): ProblemException {
  return new ProblemException('conversation_resolved', 'This conversation is resolved; reopen it first.');
}

export function notAssignable(reasons: NotAssignableReason[]): ProblemException {
  return new ProblemException('not_assignable', `The agent can't take it now: ${reasons.join(', ')}.`, { reasons });
}
