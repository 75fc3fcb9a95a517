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
import type { AuditAction, ConversationStatus } from '#contracts';
import { AuditService } from '../audit/audit.service.js';
import { Clock } from '../platform/clock.js';
import { sql } from '../platform/database/database.js';
import { newId } from '../platform/ids.js';
import { mayAnswer } from './assignability.js';
import { lockCandidate } from './assignment.queries.js';
import { type ContactInput, ensureContacts } from '../contacts/contacts.queries.js';
import { mergeContacts, type Moved, type Run, toMergeRecord, touchConversations } from './contact-merge.queries.js';
import { Conversation } from './conversation.entity.js';

/** A conversation elsewhere. */
export interface Mirrored {
  workspaceId: string;
  externalId: string;
  contact: Omit<ContactInput, 'id'>;
  /** The index under which the customer is known as long as there is no number. */
  standIn: Buffer;
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

/** The conversation, and who it is with. */
interface Found {
  conversation: Conversation;
  contactId: string;
  isNew: boolean;
  /** Conversations of the customer that show another contact, or a number, from now on. */
  moved: Moved[];
}

interface KnownNumber {
  contactId: string;
  index: Buffer;
  cipher: Buffer;
}

/** The two contacts that may be the customer, locked. `$1`: workspace, `$2`: without a number, `$3`: by the number. */
const SAME_SQL = `
select id, phone_index = $2 as numberless from contact
where workspace_id = $1 and phone_index in ($2, $3)
  and exists (select from contact where workspace_id = $1 and phone_index = $2)
order by id for update`;

/** `$1`: contact, `$2`: index, `$3`: cipher, `$4`: now. */
const GIVE_NUMBER_SQL = `
update contact set phone_index = $2, phone_cipher = $3, version = version + 1, updated_at = $4 where id = $1`;

/** Under which number the conversation's customer is known. `$1`: workspace, `$2`: external id. */
const KNOWN_NUMBER_SQL = `
select k.id as "contactId", k.phone_index as index, k.phone_cipher as cipher
from conversation c join contact k on k.id = c.contact_id
where c.workspace_id = $1 and c.external_id = $2 and k.phone_cipher is not null`;

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
  async find(em: EntityManager, mirrored: Mirrored): Promise<Found> {
    const { workspaceId, externalId, teamId } = mirrored;
    const now = this.clock.date();
    const moved = await this.settle(em, mirrored, now);
    const contact = { ...mirrored.contact, ...(await knownNumber(em, mirrored)), id: newId() };
    const contacts = await ensureContacts(em, workspaceId, [contact], now, 'elsewhere');
    const found = contacts.get(contact.index.toString('hex')) ?? '';
    const opened = await sql(em, OPEN_SQL, [newId(), workspaceId, externalId, found, teamId, now]);
    const options = { lockMode: LockMode.PESSIMISTIC_WRITE };
    const conversation = await em.findOneOrFail(Conversation, { externalId }, options);
    const contactId = await numberedMeanwhile(em, mirrored, { found, made: contact.id });
    return { conversation, contactId, isNew: opened.length > 0, moved };
  }

  /** A customer without a number who has one now stays the same, with all conversations. Returns those that show it. */
  private async settle(em: EntityManager, mirrored: Mirrored, now: Date): Promise<Moved[]> {
    const { workspaceId, contact, standIn } = mirrored;
    if (contact.cipher === null) return [];
    const run: Run = (text, values) => sql(em, text, values);
    const found = await run<{ id: string; numberless: boolean }>(SAME_SQL, [workspaceId, standIn, contact.index]);
    const gone = found.find(({ numberless }) => numberless)?.id;
    const stays = found.find(({ numberless }) => !numberless)?.id;
    if (!gone) return [];
    if (!stays) {
      await run(GIVE_NUMBER_SQL, [gone, contact.index, contact.cipher, now]);
      return touchConversations(run, now, gone);
    }
    const moved = await mergeContacts(run, now, gone, stays);
    this.audit.record(em, toMergeRecord({ workspaceId, gone, stays, conversations: moved.length }));
    return moved;
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
    action: AuditAction,
    where: string,
    change = {},
  ): void {
    const target = { kind: 'conversation' as const, id };
    this.audit.record(em, { actor: 'system', workspaceId, action, target, reason: `In ${where}`, ...change });
  }
}

/** A delivery that says no number takes away none: it may be older, or know less. */
async function knownNumber(em: EntityManager, { workspaceId, externalId, contact }: Mirrored) {
  if (contact.cipher !== null) return undefined;
  const [known] = await sql<KnownNumber>(em, KNOWN_NUMBER_SQL, [workspaceId, externalId]);
  return known;
}

/**
 * Who the conversation is with once it is locked: whoever told the number until then may have held the contact without
 * one, of which there is a second one now that is nobody.
 */
async function numberedMeanwhile(
  em: EntityManager,
  mirrored: Mirrored,
  { found, made }: { found: string; made: string },
): Promise<string> {
  const known = await knownNumber(em, mirrored);
  if (!known || known.contactId === found) return found;
  if (found === made) await sql(em, 'delete from contact where id = $1', [made]);
  return known.contactId;
}
