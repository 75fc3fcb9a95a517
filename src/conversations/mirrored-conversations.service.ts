/**
 * Conversations that are led in another inbox, as they are there.
 *
 * Who calls: adapters of other inboxes, in a transaction of theirs. Guaranteed: two deliveries of a conversation's first
 * messages open one conversation; what is taken over is in the audit log and told to outgoing webhooks like what is done
 * here. That somebody has a conversation elsewhere is a fact, so presence and capacity are not asked. What must never
 * happen: an open conversation of an agent who may not answer; such a one is nobody's here.
 */
import { Injectable } from '@nestjs/common';
import { LockMode } from '@mikro-orm/core';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { ConversationStatus } from '#contracts';
import { AuditService } from '../audit/audit.service.js';
import { Clock } from '../platform/clock.js';
import { sql } from '../platform/database/database.js';
import { newId } from '../platform/ids.js';
import { mayAnswer } from './assignability.js';
import { lockCandidate } from './assignment.queries.js';
import { type ContactInput, ensureContacts } from '../contacts/contacts.queries.js';
import { Conversation } from './conversation.entity.js';

/** A conversation elsewhere. */
export interface Mirrored {
  workspaceId: string;
  externalId: string;
  contact: Omit<ContactInput, 'id'>;
  /** Of a conversation that is new here. */
  teamId: string | null;
}

/** What became of it elsewhere. */
export interface Mirroring {
  status: ConversationStatus;
  /** Who has it now; undefined: that did not change. */
  assigneeId?: string | null;
  contactId: string;
  /** The name of the other inbox, for the audit log. */
  where: string;
}

const OPEN_SQL = `
insert into conversation (id, workspace_id, external_id, origin, contact_id, team_id, created_at, updated_at)
values ($1, $2, $3, 'api', $4, $5, $6, $6) on conflict do nothing returning id`;

@Injectable()
export class MirroredConversations {
  constructor(
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  /** The conversation, locked, and who it is with by what is said now; opened where it is new. */
  async find(
    em: EntityManager,
    mirrored: Mirrored,
  ): Promise<{ conversation: Conversation; contactId: string; isNew: boolean }> {
    const { workspaceId, externalId, contact, teamId } = mirrored;
    const now = this.clock.date();
    const contacts = await ensureContacts(em, workspaceId, [{ ...contact, id: newId() }], now, 'elsewhere');
    const contactId = contacts.get(contact.index.toString('hex')) ?? '';
    const opened = await sql(em, OPEN_SQL, [newId(), workspaceId, externalId, contactId, teamId, now]);
    const options = { lockMode: LockMode.PESSIMISTIC_WRITE };
    const conversation = await em.findOneOrFail(Conversation, { externalId }, options);
    return { conversation, contactId, isNew: opened.length > 0 };
  }

  /** Takes over what changed elsewhere. Returns whether whoever has it there has it here, too. */
  async follow(em: EntityManager, conversation: Conversation, mirroring: Mirroring): Promise<boolean> {
    const { status, assigneeId, contactId, where } = mirroring;
    conversation.identify(contactId, this.clock.date());
    if (status === 'open' && conversation.status === 'resolved') this.reopen(em, conversation, where);
    const isGiven = assigneeId === undefined || (await this.give(em, conversation, assigneeId, where));
    if (status === 'resolved' && conversation.status === 'open') this.resolve(em, conversation, where);
    return isGiven;
  }

  private async give(
    em: EntityManager,
    conversation: Conversation,
    agentId: string | null,
    where: string,
  ): Promise<boolean> {
    if (conversation.status === 'resolved') return agentId === conversation.assigneeId;
    if (agentId === conversation.assigneeId) return true;
    const candidate = agentId && (await lockCandidate(em, conversation.workspaceId, agentId));
    const isGiven = candidate ? mayAnswer(candidate) : agentId === null;
    this.assign(em, conversation, isGiven ? agentId : null, where);
    return isGiven;
  }

  private assign(em: EntityManager, conversation: Conversation, agentId: string | null, where: string): void {
    const previous = conversation.assigneeId;
    if (previous === agentId) return;
    if (agentId === null) conversation.unassign(this.clock.date());
    else conversation.assign(agentId, this.clock.date());
    const action = agentId === null ? 'conversation.unassigned' : 'conversation.assigned';
    const change = { before: { assigneeId: previous }, after: { assigneeId: agentId } };
    this.record(em, conversation, action, where, change);
  }

  private resolve(em: EntityManager, conversation: Conversation, where: string): void {
    conversation.resolve(this.clock.date());
    this.record(em, conversation, 'conversation.resolved', where);
  }

  private reopen(em: EntityManager, conversation: Conversation, where: string): void {
    conversation.reopen(this.clock.date());
    this.record(em, conversation, 'conversation.reopened', where);
  }

  private record(
    em: EntityManager,
    { id, workspaceId }: Conversation,
    action: string,
    where: string,
    change = {},
  ): void {
    const target = { kind: 'conversation' as const, id };
    this.audit.record(em, { actor: 'system', workspaceId, action, target, reason: `In ${where}`, ...change });
  }
}
