import { Injectable } from '@nestjs/common';
import type { MessageKind } from '#contracts';
import type { Queryable } from './record.queries.js';

/** What WhatsApp reports of a message that was sent. Members are named as statements read them. */
export interface ReportRow {
  workspace_id: string;
  /** The key under which the message counts. */
  id: string;
  /** Its blind index, `\x` and hex. */
  wamid_index: string;
  /** What the sender had WhatsApp repeat in its reports; null: nothing of ours. */
  reference: string | null;
  status: 'sent' | 'delivered' | 'read' | 'failed';
  /** ISO-8601. */
  at: string;
  whatsapp_code: number | null;
}

/** A reported message that was sent from here. */
export interface OwnMessage {
  workspaceId: string;
  /** The key under which the message counts, as in its report. */
  id: string;
  conversationId: string;
  agentId: string | null;
}

/** What is to be kept of a message, besides that it counts. */
export interface ContentRow {
  message_id: string;
  wamid_index: string;
  channel_id: string | null;
  kind: MessageKind;
  /** Encrypted, `\x` and hex. */
  body_cipher: string | null;
}

/** A message that was recorded for the first time. */
export interface ReceivedRow extends ContentRow {
  workspace_id: string;
  conversation_id: string;
  direction: 'inbound' | 'outbound';
  /** ISO-8601. */
  at: string;
}

/** What to do after the commit. */
export type Told = () => Promise<void>;

/**
 * What others do in the transaction that records a delivery of WhatsApp. Whoever keeps messages implements it and
 * joins at boot.
 */
export interface DeliveryParticipant {
  /** First: what was reported of messages. Returns which of them were sent from here. */
  reported(
    transaction: Queryable,
    now: Date,
    reports: readonly ReportRow[],
  ): Promise<{ own: OwnMessage[]; told: Told }>;
  /** Last: messages that were recorded for the first time. */
  received(transaction: Queryable, now: Date, messages: readonly ReceivedRow[]): Promise<Told>;
}

@Injectable()
export class DeliveryParticipants {
  private readonly participants: DeliveryParticipant[] = [];

  /** Called at boot. */
  join(participant: DeliveryParticipant): void {
    this.participants.push(participant);
  }

  async reported(
    transaction: Queryable,
    now: Date,
    reports: readonly ReportRow[],
  ): Promise<{ own: OwnMessage[]; told: Told[] }> {
    const all: { own: OwnMessage[]; told: Told }[] = [];
    if (reports.length > 0) {
      for (const participant of this.participants) all.push(await participant.reported(transaction, now, reports));
    }
    return { own: all.flatMap(({ own }) => own), told: all.map(({ told }) => told) };
  }

  async received(transaction: Queryable, now: Date, messages: readonly ReceivedRow[]): Promise<Told[]> {
    const told: Told[] = [];
    if (messages.length > 0) {
      for (const participant of this.participants) told.push(await participant.received(transaction, now, messages));
    }
    return told;
  }
}
