/**
 * Keeps what WhatsApp's deliveries say, in the transaction that counts it.
 *
 * Guaranteed: a message is kept once, with its conversation; reports only ever bring a message forward; a message that
 * was sent from here is recognised, also when its sender died before it heard WhatsApp's answer. What must never happen:
 * a wamid in a column: it contains the customer's number.
 */
import { Injectable, type OnModuleInit } from '@nestjs/common';
import {
  type DeliveryParticipant,
  DeliveryParticipants,
  type OwnMessage,
  type ReceivedRow,
  type ReportRow,
  type Told,
} from '../interactions/delivery.participants.js';
import type { Queryable } from '../interactions/record.queries.js';
import { EventBus } from '../platform/events/event-bus.js';
import type { MessageChange } from './message.events.js';
import { receive, report, type ReportInput } from './message.queries.js';
import { PROVES, RECEIVED, SENT } from './message-status.rule.js';
import { messageOf } from './reference.js';
import { failureOf } from './sending/send-outcome.rule.js';

type Change = MessageChange & { workspaceId: string };

@Injectable()
export class DeliveryMessages implements OnModuleInit, DeliveryParticipant {
  constructor(
    private readonly participants: DeliveryParticipants,
    private readonly bus: EventBus,
  ) {}

  onModuleInit(): void {
    this.participants.join(this);
  }

  async reported(
    transaction: Queryable,
    now: Date,
    reports: readonly ReportRow[],
  ): Promise<{ own: OwnMessage[]; told: Told }> {
    const known = await report(transaction, now, reports.map(toInput));
    const advanced = known.filter(({ isAdvanced }) => isAdvanced);
    const changes = [...new Map(advanced.map((each) => [each.messageId, each])).values()].map(
      ({ workspaceId, messageId, conversationId, assigneeId }) => {
        return { workspaceId, id: messageId, conversationId, assigneeId, isNew: false };
      },
    );
    return { own: known, told: () => this.tell(changes) };
  }

  async received(transaction: Queryable, now: Date, messages: readonly ReceivedRow[]): Promise<Told> {
    const stored = await receive(transaction, [JSON.stringify(messages), now, RECEIVED, SENT]);
    return () => this.tell(stored.map((change) => ({ ...change, isNew: true })));
  }

  private async tell(changes: Change[]): Promise<void> {
    for (const [workspaceId, messages] of Map.groupBy(changes, (change) => change.workspaceId)) {
      const told = messages.map(({ workspaceId: _, ...message }) => message);
      await this.bus.publish('message.changed', { workspaceId, messages: told });
    }
  }
}

function toInput({ status, reference, ...row }: ReportRow): ReportInput {
  const failure = status === 'failed' ? failureOf(row.whatsapp_code) : null;
  return { ...row, message_id: messageOf(reference), progress: PROVES[status], failure };
}
