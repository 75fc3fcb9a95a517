/**
 * Forgets a customer.
 *
 * Guaranteed: when it has answered, no table has the customer's name, number, WhatsApp id, or a word of what was said,
 * nor a hash by which they could be found; what was counted stays, to the last message. Asked again it does nothing.
 * Whoever writes again afterwards is a new customer. What must never happen: something personal in the audit log, which
 * nobody can erase.
 */
import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { ErasedContactView } from '#contracts';
import { type Authority, requirePermission } from '../access/authority.js';
import { AuditService } from '../audit/audit.service.js';
import { Clock } from '../platform/clock.js';
import { Database, sql } from '../platform/database/database.js';
import { requireVersion } from '../platform/http/etag.js';
import { FORGET_ANSWERS_SQL, FORGET_LATE_ANSWERS_SQL } from '../platform/http/idempotency.queries.js';
import { ContactParticipants, type Erased } from './contact.participants.js';
import { ContactsService } from './contacts.service.js';

/** Shorter than any blind index, so it is nobody's. */
const BLANK_BYTES = 16;
/** Routes whose answers may show a customer: they are kept for those who ask again under an Idempotency-Key. */
const SHOWN_BY = '/api/v1/con%';
const NOTHING: Required<Erased> = { conversations: 0, messages: 0, told: () => Promise.resolve() };

@Injectable()
export class ErasureService {
  constructor(
    private readonly database: Database,
    private readonly contacts: ContactsService,
    private readonly participants: ContactParticipants,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  /** It can't be undone, so it asks for `settings.manage` too. */
  async erase(caller: Authority, id: string, expected: number | null): Promise<ErasedContactView> {
    requirePermission(caller, 'settings.manage');
    const { conversations, messages, told } = await this.database.transaction(caller.workspaceId, async (em) => {
      const contact = await this.contacts.lock(em, id);
      requireVersion(contact.version, expected);
      if (contact.erasedAt !== null) return NOTHING;
      const at = this.clock.date();
      contact.erase(randomBytes(BLANK_BYTES), at);
      return this.eraseAround(em, caller, id, at);
    });
    // First of all, as what comes next may fail: open inboxes must not go on showing who is gone.
    await told();
    // Asked again it is done again: no answer of before outlives one that says that all is gone.
    await this.database.of(caller.workspaceId).query(FORGET_LATE_ANSWERS_SQL, [caller.workspaceId, SHOWN_BY]);
    return { ...(await this.contacts.viewFor(caller, id)), erased: { conversations, messages } };
  }

  private async eraseAround(em: EntityManager, caller: Authority, id: string, at: Date): Promise<Required<Erased>> {
    const { workspaceId } = caller;
    const erased = await this.participants.erasing(em, { workspaceId, contactId: id, actor: caller, at });
    await sql(em, FORGET_ANSWERS_SQL, [workspaceId, SHOWN_BY]);
    const { conversations, messages } = erased;
    const target = { kind: 'contact' as const, id };
    const action = 'contact.erased';
    this.audit.record(em, { actor: caller, workspaceId, action, target, after: { conversations, messages } });
    return erased;
  }
}
