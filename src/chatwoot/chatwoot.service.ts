/**
 * Follows the conversations of Chatwoot accounts.
 *
 * Who calls: Chatwoot, with each event. Guaranteed: a delivery is answered with success only when all that counts of it
 * is durable; delivered again, or in another order, it changes nothing more. What must never happen: anything taken from
 * a delivery that isn't signed (or, where Chatwoot does not sign, without the token), or a number or text in a log.
 */
import { timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import { hashOpaqueToken } from '../auth/opaque-token.js';
import type { Conversation } from '../conversations/conversation.entity.js';
import type { ConversationState } from '../conversations/conversation.events.js';
import { MirroredConversations } from '../conversations/mirrored-conversations.service.js';
import { InteractionWriter } from '../interactions/interaction-writer.js';
import { Clock } from '../platform/clock.js';
import { Database } from '../platform/database/database.js';
import { ProblemException } from '../platform/errors/problem.exception.js';
import { EventBus } from '../platform/events/event-bus.js';
import { Metrics } from '../platform/telemetry/metrics.js';
import { PhoneVault } from '../privacy/phone-vault.js';
import { ACCOUNT_KEYS_SQL, type AccountKeys } from './chatwoot-accounts.queries.js';
import { type ChatwootEvent, type ChatwootMessage, readChatwootEvent } from './chatwoot-payload.js';
import { isSignedByChatwoot, type Signed } from './chatwoot-signature.js';
import { agentOf, lastSeen, learnUser, remember } from './followed.queries.js';
import { newsOf } from './follow.rule.js';

/** What says that a delivery is genuine. */
export interface Proof extends Signed {
  raw: Buffer | undefined;
  token: unknown;
}

interface Followed {
  conversationId: string;
  /** Who wrote; null: a customer, or nobody known here. */
  writerId: string | null;
  /** What changed. */
  states: ConversationState[];
}

const WHERE = 'Chatwoot';
const TRIES = 4;
const DISTURBED = new Set(['40001', '40P01', '23505']);

@Injectable()
export class ChatwootService {
  private readonly counter;

  constructor(
    private readonly database: Database,
    private readonly mirrored: MirroredConversations,
    private readonly writer: InteractionWriter,
    private readonly vault: PhoneVault,
    private readonly bus: EventBus,
    private readonly clock: Clock,
    metrics: Metrics,
  ) {
    const help = "Chatwoot's deliveries, by what became of them";
    this.counter = metrics.counter('muster_chatwoot_deliveries_total', help, ['outcome']);
  }

  /** Throws 401 `signature_invalid`, also where there is no such account. */
  async receive(accountId: string, proof: Proof, body: unknown): Promise<void> {
    const { rows } = await this.database.pool.query<AccountKeys>(ACCOUNT_KEYS_SQL, [accountId]);
    const [account] = rows;
    if (!account || !this.isGenuine(account, proof)) throw notGenuine();
    const event = readChatwootEvent(body, account.accountNumber, this.clock.now());
    if (typeof event === 'string') return this.counter.inc({ outcome: `skipped_${event}` });
    const { conversationId, writerId, states } = await this.undisturbed(() => this.follow(account, event));
    const { workspaceId } = account;
    if (states.length > 0) await this.bus.publish('conversation.changed', { workspaceId, conversations: states });
    const outcome = event.message && (await this.count(account, event.message, conversationId, writerId));
    this.counter.inc({ outcome: outcome ?? 'followed' });
  }

  private isGenuine({ id, workspaceId, tokenHash, secrets }: AccountKeys, proof: Proof): boolean {
    const { raw, token } = proof;
    if (secrets === null) return typeof token === 'string' && timingSafeEqual(hashOpaqueToken(token), tokenHash);
    if (!raw) return false;
    const opened: string[] = JSON.parse(this.vault.open('chatwoot-secret', `${workspaceId} ${id}`, secrets));
    return isSignedByChatwoot(opened, raw, proof, this.clock.now());
  }

  private follow(account: AccountKeys, event: ChatwootEvent): Promise<Followed> {
    return this.database.transaction(account.workspaceId, async (em) => {
      const writerId = await this.writerOf(em, account, event.message);
      const { conversation, contactId, isNew, moved } = await this.mirrored.find(em, this.toMirrored(account, event));
      const { assigneeId: before, version } = conversation;
      await this.takeOver(em, account, event, { conversation, contactId });
      const isNews = isNew || conversation.version !== version;
      const states = isNews ? [...moved, conversation.state(before)] : moved;
      return { conversationId: conversation.id, writerId, states };
    });
  }

  private async takeOver(
    em: EntityManager,
    account: AccountKeys,
    event: ChatwootEvent,
    { conversation, contactId }: { conversation: Conversation; contactId: string },
  ): Promise<void> {
    const known = await lastSeen(em, conversation.id);
    const news = newsOf(event, known);
    if (!news) return;
    const { status, assignee } = news;
    const { userId, changedAt } = event;
    const isTaken = assignee === 'take' || (assignee === 'offer' && conversation.assigneeId === null);
    const agentId = isTaken && userId !== null ? await agentOf(em, account.id, userId) : null;
    const assigneeId = isTaken ? agentId : undefined;
    const to = { status: status ?? conversation.status, assigneeId, contactId, where: WHERE };
    const isDone = await this.mirrored.follow(em, conversation, to);
    const isGiven = isTaken ? isDone && (agentId !== null || userId === null) : (known?.isGiven ?? true);
    const seen = { status: event.status, userId, isGiven, changedAt: changedAt ?? known?.changedAt ?? null };
    await remember(em, conversation, seen);
  }

  private async writerOf(em: EntityManager, account: AccountKeys, message: ChatwootMessage | null) {
    if (!message?.writer) return null;
    const { userId, email } = message.writer;
    return email ? learnUser(em, account, userId, email) : agentOf(em, account.id, userId);
  }

  private toMirrored({ workspaceId, accountNumber, teamId }: AccountKeys, event: ChatwootEvent) {
    const { id, name, phone } = event.customer;
    const standIn = this.vault.index(workspaceId, `chatwoot:${accountNumber}:${id}`);
    const index = phone === null ? standIn : this.vault.index(workspaceId, phone);
    const cipher = phone === null ? null : this.vault.seal('phone', workspaceId, phone);
    const externalId = `chatwoot:${accountNumber}:${event.conversationId}`;
    return { workspaceId, externalId, contact: { index, cipher, name }, standIn, teamId };
  }

  /** Whoever has it got the customer's message; an answer is of whoever wrote it. */
  private async count(
    { workspaceId, accountNumber }: AccountKeys,
    { id, direction, at, writer }: ChatwootMessage,
    conversationId: string,
    writerId: string | null,
  ): Promise<string> {
    const isOutsider = writer !== null && writerId === null;
    const interactionId = this.vault.interactionKey(workspaceId, `chatwoot:${accountNumber}:${id}`);
    const interaction = { index: 0, id: interactionId, conversationId, agentId: writerId, isOutsider, direction, at };
    const [outcome] = await this.writer.record(workspaceId, [interaction]);
    return outcome ?? 'duplicate';
  }

  /** Chatwoot does not deliver again what failed: a deadlock, or a customer who became known just now, is our own affair. */
  private async undisturbed<T>(work: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await work();
      } catch (error) {
        if (attempt === TRIES || !DISTURBED.has(String((error as { code?: unknown }).code))) throw error;
      }
    }
  }
}

function notGenuine(): ProblemException {
  const detail =
    'Enter the secret that Chatwoot shows with its webhook at PATCH /api/v1/chatwoot-accounts/ID, or call the whole ' +
    'path with its token where Chatwoot does not sign.';
  return new ProblemException('signature_invalid', detail);
}
