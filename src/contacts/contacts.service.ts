/**
 * Customers: listed, read through the privacy gate, and named.
 *
 * Guaranteed: whoever may see no numbers can't find, sort or tell customers apart by them. What must never happen: a
 * name in the audit log, which nobody can erase.
 */
import { Injectable } from '@nestjs/common';
import { LockMode } from '@mikro-orm/core';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { ContactDetails, Page } from '#contracts';
import type { Authority } from '../access/authority.js';
import { AuditService } from '../audit/audit.service.js';
import { Clock } from '../platform/clock.js';
import { Database } from '../platform/database/database.js';
import { notFound, ProblemException } from '../platform/errors/problem.exception.js';
import { requireVersion } from '../platform/http/etag.js';
import { type PageQuery, toPage } from '../platform/http/page.js';
import { ContactGate, type Viewer } from '../privacy/contact-gate.js';
import { PhoneVault } from '../privacy/phone-vault.js';
import { toE164 } from '../privacy/phone.js';
import { requireNoDigits } from '../privacy/search.rule.js';
import { Contact } from './contact.entity.js';
import { CONTACT_SQL, contactPage, type ContactRow, type Sought, toContactDetails } from './contact-view.queries.js';

type Reader = Viewer & Pick<Authority, 'workspaceId'>;

@Injectable()
export class ContactsService {
  constructor(
    private readonly database: Database,
    private readonly gate: ContactGate,
    private readonly vault: PhoneVault,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  /** `q` searches names; a whole number finds its customer. 403 `phone_hidden` for digits of who may see none. */
  async list(reader: Reader, query: PageQuery): Promise<Page<ContactDetails>> {
    const { text, values } = contactPage(reader.workspaceId, query, this.soughtBy(reader, query.q));
    const { rows } = await this.database.of(reader.workspaceId).query<ContactRow>(text, values);
    return toPage(
      rows,
      query.limit,
      (row) => toContactDetails(row, reader, this.gate),
      (row) => row.cursor,
    );
  }

  /** The contact as the reader may see it. Throws 404. */
  async viewFor(reader: Reader, id: string): Promise<ContactDetails> {
    const { rows } = await this.database
      .of(reader.workspaceId)
      .query<ContactRow>(CONTACT_SQL, [reader.workspaceId, id]);
    if (!rows[0]) throw notFound('contact');
    return toContactDetails(rows[0], reader, this.gate);
  }

  /** Names the customer. 409 `contact_erased`. */
  async rename(caller: Authority, id: string, name: string | null, expected: number | null): Promise<ContactDetails> {
    const { workspaceId } = caller;
    await this.database.transaction(workspaceId, async (em) => {
      const contact = await this.lock(em, id);
      requireVersion(contact.version, expected);
      requireNotErased(contact);
      contact.rename(name || null, this.clock.date());
      const target = { kind: 'contact' as const, id };
      this.audit.record(em, { actor: caller, workspaceId, action: 'contact.renamed', target });
    });
    return this.viewFor(caller, id);
  }

  /** The contact, locked until the transaction ends. Throws 404. */
  async lock(em: EntityManager, id: string): Promise<Contact> {
    const contact = await em.findOne(Contact, { id }, { lockMode: LockMode.PESSIMISTIC_WRITE });
    if (!contact) throw notFound('contact');
    return contact;
  }

  /** What `q` means for the reader; null: everything. */
  soughtBy(reader: Reader, q: string | undefined): Sought | null {
    requireNoDigits(reader, q);
    if (!q) return null;
    const phone = toE164(q);
    return { text: q, index: phone === null ? null : this.vault.index(reader.workspaceId, phone) };
  }
}

/** Throws 409 `contact_erased`. */
export function requireNotErased(contact: Pick<Contact, 'erasedAt'>): void {
  if (contact.erasedAt !== null) throw contactErased();
}

export function contactErased(): ProblemException {
  return new ProblemException('contact_erased', 'This customer was erased; who writes again is a new one.');
}
