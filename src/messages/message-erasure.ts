/** What becomes of the messages of a customer who is erased: they stay as rows that count, and say nothing. */
import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import {
  type ContactParticipant,
  ContactParticipants,
  type Erased,
  type Erasure,
} from '../contacts/contact.participants.js';
import { sql } from '../platform/database/database.js';
import { FAILED, QUEUED } from './message-status.rule.js';

/** What waits to be sent is not sent any more; what is being sent just now can't be called back. `$1`: contact, `$2`: now. */
const ERASE_SQL = `
update message m set body_cipher = null, wamid_index = null, erased_at = $2,
  progress = case when m.progress = ${QUEUED} and m.claimed_at is null then ${FAILED} else m.progress end,
  failure = case when m.progress = ${QUEUED} and m.claimed_at is null then 'undeliverable' else m.failure end,
  status_at = case when m.progress = ${QUEUED} and m.claimed_at is null then $2 else m.status_at end
where m.conversation_id in (select id from conversation where contact_id = $1) and m.erased_at is null
returning m.id`;

@Injectable()
export class MessageErasure implements OnModuleInit, ContactParticipant {
  constructor(private readonly participants: ContactParticipants) {}

  onModuleInit(): void {
    this.participants.join(this);
  }

  async erasing(em: EntityManager, { contactId, at }: Erasure): Promise<Erased> {
    const rows = await sql<{ id: string }>(em, ERASE_SQL, [contactId, at]);
    return { messages: rows.length };
  }
}
