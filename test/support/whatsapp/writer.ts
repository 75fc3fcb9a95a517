/** The writer of deliveries by itself, and rows for it, which know customers by any index. */
import { randomUUID } from 'node:crypto';
import { AuditService } from '../../../src/audit/audit.service.js';
import { DeliveryParticipants } from '../../../src/interactions/delivery.participants.js';
import { Repeats } from '../../../src/interactions/repeats.js';
import { WhatsAppWriter } from '../../../src/interactions/whatsapp-writer.js';
import type { MessageRow } from '../../../src/interactions/whatsapp.queries.js';
import { Clock } from '../../../src/platform/clock.js';
import type { Database } from '../../../src/platform/database/database.js';
import { EventBus } from '../../../src/platform/events/event-bus.js';

const START = Date.now() - 600_000;

export function whatsAppWriter(database: Database): WhatsAppWriter {
  const [bus, clock] = [new EventBus(), new Clock()];
  const repeats = new Repeats(database, bus, clock);
  return new WhatsAppWriter(database, bus, clock, new DeliveryParticipants(), new AuditService(clock), repeats);
}

/** Messages of customers, who are known by the index. */
export function messages(workspaceId: string) {
  return (index: Buffer, id: string = randomUUID(), name: string | null = null): MessageRow => ({
    workspace_id: workspaceId,
    id,
    direction: 'inbound',
    at: new Date().toISOString(),
    phone_index: `\\x${index.toString('hex')}`,
    phone_cipher: null,
    user_index: null,
    user_cipher: null,
    name,
    contact_id: randomUUID(),
    conversation_id: randomUUID(),
    team_id: null,
    content: null,
  });
}

/** Messages of a user, by their minute: with a number, or by the user id alone. */
export function messagesOf(workspaceId: string, user: Buffer) {
  return (index: Buffer, minute: number): MessageRow => ({
    ...messages(workspaceId)(index),
    at: new Date(START + minute * 60_000).toISOString(),
    phone_cipher: index === user ? null : '\\x01',
    user_index: `\\x${user.toString('hex')}`,
    user_cipher: '\\x01',
  });
}
