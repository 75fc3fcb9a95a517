/**
 * Sends the messages of a conversation, one after the other in the order they were written.
 *
 * Who calls: the queue, for conversations in which something waits. Guaranteed: a message is claimed in a transaction of
 * its own before it is handed to WhatsApp, and handed over again only if WhatsApp refused it or it never got there: the
 * Cloud API knows no idempotency, so whoever can't know does not repeat. A message whose sender died, or lost the
 * connection, waits for WhatsApp's report, which carries our reference; without one it fails visibly as
 * `outcome_unknown`, and a later report still corrects that. What was sent counts as one interaction, whoever of sender
 * and report records it first. What must never happen: a customer who gets a message twice, or two out of order.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { MessageFailureCode } from '#contracts';
import { publishRecorded, type Recorded } from '../../interactions/interaction.events.js';
import { type Queryable, recordInteractions } from '../../interactions/record.queries.js';
import { Clock } from '../../platform/clock.js';
import { Database, sql } from '../../platform/database/database.js';
import { EventBus } from '../../platform/events/event-bus.js';
import { type JobContext, JobRegistry } from '../../platform/jobs/job-registry.js';
import { Outbox } from '../../platform/outbox/outbox.js';
import { Metrics } from '../../platform/telemetry/metrics.js';
import { ContactGate } from '../../privacy/contact-gate.js';
import { PhoneVault } from '../../privacy/phone-vault.js';
import { FAILED, SENT, UNKNOWN } from '../message-status.rule.js';
import { referenceOf } from '../reference.js';
import { ChannelPace } from './channel-pace.js';
import { CloudApi } from './cloud-api.js';
import type { SendOutcome } from './send-outcome.rule.js';
import { type Advance, advance, claim, nextWaiting, release, type Waiting } from './sending.queries.js';

declare module '../../platform/jobs/job-registry.js' {
  interface Jobs {
    /** Sends what waits in a conversation. The key is the conversation's id. */
    'messages.send': true;
  }
}

export const SEND = 'messages.send';
/** How long a report is waited for where the outcome isn't known. Longer than a request can take. */
export const PROOF_WITHIN_MS = 90_000;
/** What WhatsApp doesn't take for so long is given up. */
export const GIVE_UP_AFTER_MS = 15 * 60_000;

const NOTE_ATTEMPTS = 6;
const NOTE_AGAIN_MS = 500;

/** WhatsApp did not take it this time. The queue tries again, later and later. */
class NotTakenYet extends Error {
  constructor(reason: string) {
    super(`WhatsApp did not take a message yet: ${reason}`);
    this.name = 'NotTakenYet';
  }
}

/** Who has the next message: us, nobody (there is none), or somebody else. */
type Claimed = Waiting | 'none' | 'busy';

@Injectable()
export class MessageSender implements OnModuleInit {
  private readonly logger = new Logger(MessageSender.name);
  private readonly counter;

  constructor(
    private readonly database: Database,
    private readonly api: CloudApi,
    private readonly pace: ChannelPace,
    private readonly gate: ContactGate,
    private readonly vault: PhoneVault,
    private readonly registry: JobRegistry,
    private readonly outbox: Outbox,
    private readonly bus: EventBus,
    private readonly clock: Clock,
    metrics: Metrics,
  ) {
    const help = 'Attempts to send messages by WhatsApp, by their outcome';
    this.counter = metrics.counter('muster_messages_sent_total', help, ['outcome']);
  }

  onModuleInit(): void {
    this.registry.own(SEND, (context) => this.run(context), 'outgoing');
  }

  private async run({ workspaceId, key }: JobContext): Promise<void> {
    const asked = await this.database.transaction(workspaceId, (em) => this.outbox.unfinished(em, SEND, key));
    for (;;) {
      const claimed = await this.claim(workspaceId, key);
      if (claimed === 'none') break;
      // The outbox hands it out again until somebody has finished it.
      if (claimed === 'busy' || !(await this.send(claimed))) return;
    }
    await this.database.transaction(workspaceId, (em) => this.outbox.finish(em, asked));
  }

  private async claim(workspaceId: string, conversationId: string): Promise<Claimed> {
    for (;;) {
      const now = this.clock.date();
      const claimed = await this.database.transaction<Claimed>(workspaceId, async (em) => {
        const waiting = await nextWaiting(em, conversationId);
        if (!waiting) return 'none';
        if (waiting.claimedAt !== null && waiting.claimedAt > now.getTime() - PROOF_WITHIN_MS) return 'busy';
        if (waiting.claimedAt === null) await claim(em, waiting.id, now);
        return waiting;
      });
      if (typeof claimed === 'string') return claimed;
      if (claimed.claimedAt === null) return { ...claimed, attempts: claimed.attempts + 1 };
      await this.settle(claimed, { progress: UNKNOWN, failure: 'outcome_unknown', at: now });
    }
  }

  /** Whether it is known what became of it. Throws where it is to be tried again. */
  private async send(waiting: Waiting): Promise<boolean> {
    const outcome = await this.attempt(waiting);
    this.counter.inc({ outcome: outcome.kind });
    const at = this.clock.date();
    if (outcome.kind === 'sent') await this.sent(waiting, outcome.wamid, at);
    else if (outcome.kind === 'failed') await this.fail(waiting, outcome.failure, outcome.whatsappCode, at);
    else if (outcome.kind === 'later') await this.postpone(waiting, outcome, at);
    else
      this.logger.warn({ messageId: waiting.id }, 'it is not known whether a message was sent; its report will tell');
    return outcome.kind !== 'unknown';
  }

  private async attempt(waiting: Waiting): Promise<SendOutcome> {
    const { workspaceId, body, phoneCipher, userCipher, channelId, phoneNumberId, apiBaseUrl, tokenCipher } = waiting;
    const unusable = { kind: 'failed', failure: 'channel_unusable', whatsappCode: null } as const;
    if (!channelId || !phoneNumberId || !apiBaseUrl || !tokenCipher) return unusable;
    if (!body || !(phoneCipher ?? userCipher)) return { ...unusable, failure: 'undeliverable' };
    if (!(await this.pace.isFree(channelId))) return { kind: 'later', failure: 'rate_limited', whatsappCode: null };
    return this.api.sendText({
      apiBaseUrl,
      phoneNumberId,
      token: this.vault.open('channel-token', workspaceId, tokenCipher),
      recipient: this.gate.recipient({ workspaceId, phoneCipher, userCipher }),
      text: this.gate.text({ hidePhone: false }, workspaceId, body) ?? '',
      reference: referenceOf(waiting.id),
    });
  }

  private async postpone(waiting: Waiting, outcome: SendOutcome & { kind: 'later' }, at: Date): Promise<void> {
    const { failure, whatsappCode } = outcome;
    if (at.getTime() - waiting.createdAt > GIVE_UP_AFTER_MS) return this.fail(waiting, failure, whatsappCode, at);
    await this.database.transaction(waiting.workspaceId, (em) => release(em, waiting.id));
    throw new NotTakenYet(`${failure}, ${whatsappCode ?? 'no code'}, attempt ${waiting.attempts}`);
  }

  private fail(waiting: Waiting, failure: MessageFailureCode, whatsappCode: number | null, at: Date): Promise<void> {
    return this.settle(waiting, { progress: FAILED, failure, whatsappCode, at });
  }

  /** What WhatsApp has answered would be lost with us: it is written down as soon as that can be done. */
  private async sent(waiting: Waiting, wamid: string, at: Date): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.noteSent(waiting, wamid, at);
      } catch (error) {
        if (attempt === NOTE_ATTEMPTS) throw error;
        await pause(attempt * NOTE_AGAIN_MS);
      }
    }
  }

  /** Counts it, too: the report of it will then be a repeat. */
  private async noteSent(waiting: Waiting, wamid: string, at: Date): Promise<void> {
    const { workspaceId, conversationId, agentId } = waiting;
    const wamidIndex = this.vault.wamidIndex(workspaceId, wamid);
    const recorded = await this.database.transaction<Recorded>(workspaceId, async (em) => {
      await advance(em, waiting.id, { progress: SENT, wamidIndex, at });
      const id = this.vault.interactionKey(workspaceId, wamid);
      const row = { workspace_id: workspaceId, id, conversation_id: conversationId, agent_id: agentId };
      const written = await recordInteractions(queryable(em), at, [
        { ...row, direction: 'outbound', at: at.toISOString() },
      ]);
      return written.recorded;
    });
    await publishRecorded(this.bus, recorded);
    await this.tell(waiting);
  }

  private async settle(waiting: Waiting, to: Advance): Promise<void> {
    const isChanged = await this.database.transaction(waiting.workspaceId, (em) => advance(em, waiting.id, to));
    if (isChanged) await this.tell(waiting);
  }

  private tell({ workspaceId, id, conversationId, assigneeId }: Waiting): Promise<void> {
    return this.bus.publish('message.changed', {
      workspaceId,
      messages: [{ id, conversationId, assigneeId, isNew: false }],
    });
  }
}

/** The transaction as those take it who write their own SQL. */
function queryable(em: EntityManager): Queryable {
  return {
    query: async <Row extends object>({ text, values }: { text: string; values: unknown[] }) => {
      const rows = await sql<Row>(em, text, values);
      return { rows, rowCount: rows.length };
    },
  };
}
