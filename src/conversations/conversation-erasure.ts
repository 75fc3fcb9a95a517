/** What becomes of the conversations of a customer who is erased: they stay as rows that count, and are over. */
import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import { AuditService } from '../audit/audit.service.js';
import {
  type ContactParticipant,
  ContactParticipants,
  type Erased,
  type Erasure,
} from '../contacts/contact.participants.js';
import { sql } from '../platform/database/database.js';
import { EventBus } from '../platform/events/event-bus.js';
import type { ConversationState } from './conversation.events.js';

type ErasedRow = ConversationState & { wasOpen: boolean };

/** `$1`: contact. */
const LOCK_SQL = 'select id from conversation where contact_id = $1 order by id for update';

/** Another system's id may hold the number in any form. `$1`: contact, `$2`: now. */
const ERASE_SQL = `
update conversation c set external_id = null, status = 'resolved',
  resolved_at = case when c.status = 'open' then $2 else c.resolved_at end, version = c.version + 1, updated_at = $2
from conversation was
where c.contact_id = $1 and was.id = c.id
returning c.id, c.team_id as "teamId", c.assignee_id as "assigneeId", c.status, c.version, was.status = 'open' as "wasOpen",
  (extract(epoch from c.waiting_since) * 1000)::float8 as "waitingSince"`;

@Injectable()
export class ConversationErasure implements OnModuleInit, ContactParticipant {
  constructor(
    private readonly participants: ContactParticipants,
    private readonly audit: AuditService,
    private readonly bus: EventBus,
  ) {}

  onModuleInit(): void {
    this.participants.join(this);
  }

  async erasing(em: EntityManager, { workspaceId, contactId, actor, at }: Erasure): Promise<Erased> {
    await sql(em, LOCK_SQL, [contactId]);
    const rows = await sql<ErasedRow>(em, ERASE_SQL, [contactId, at]);
    const ended = rows.filter(({ wasOpen }) => wasOpen);
    await this.audit.recordAll(
      em,
      ended.map(({ id }) => {
        return { actor, workspaceId, action: 'conversation.resolved', target: { kind: 'conversation', id } };
      }),
    );
    const conversations = rows.map(({ wasOpen: _, ...state }) => state);
    const told = () => this.bus.publish('conversation.changed', { workspaceId, conversations });
    return conversations.length > 0 ? { conversations: conversations.length, told } : {};
  }
}
