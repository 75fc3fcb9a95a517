/**
 * Shows a customer's number on purpose.
 *
 * Guaranteed: a number is answered only after it is in the audit log who asked for it and why; so many an hour and
 * agent, on all nodes together. What must never happen: the number in the log, in a stored answer, or shown to somebody
 * with Hide Phone, whatever their permissions.
 */
import { Injectable } from '@nestjs/common';
import type { RevealedPhone } from '#contracts';
import type { Authority } from '../access/authority.js';
import { AuditService } from '../audit/audit.service.js';
import { Clock } from '../platform/clock.js';
import { Config } from '../platform/config/config.js';
import { Database } from '../platform/database/database.js';
import { notFound, ProblemException } from '../platform/errors/problem.exception.js';
import { type Budget, rateLimitHeaders } from '../platform/limits/budget.js';
import { Budgets } from '../platform/limits/budgets.js';
import { ContactGate } from '../privacy/contact-gate.js';
import { maskName } from '../privacy/mask.js';
import { Contact } from './contact.entity.js';
import { requireNotErased } from './contacts.service.js';

const HOUR_SECONDS = 3_600;

@Injectable()
export class RevealService {
  private readonly budget: Budget;
  private readonly shownMs: number;

  constructor(
    private readonly database: Database,
    private readonly gate: ContactGate,
    private readonly audit: AuditService,
    private readonly clock: Clock,
    budgets: Budgets,
    config: Config,
  ) {
    const time = { seconds: HOUR_SECONDS, longestSeconds: HOUR_SECONDS };
    this.budget = budgets.create({ name: 'reveal', points: config.revealsPerHour, ...time });
    this.shownMs = config.revealSeconds * 1_000;
  }

  /** 403 `phone_hidden`, 409 `contact_erased`, `phone_withheld`, 429. */
  async reveal(caller: Authority, id: string, reason: string): Promise<RevealedPhone> {
    if (caller.hidePhone) {
      throw new ProblemException(
        'phone_hidden',
        'Customer numbers are hidden from you; an administrator can show them.',
      );
    }
    const { workspaceId } = caller;
    await this.spend(caller);
    const phone = await this.database.transaction(workspaceId, async (em) => {
      const revealed = this.phoneOf(await em.findOne(Contact, { id }));
      const target = { kind: 'contact' as const, id };
      const action = 'contact.phone_revealed';
      this.audit.record(em, { actor: caller, workspaceId, action, target, reason: maskName(reason) });
      return revealed;
    });
    return { contactId: id, phone, expiresAt: new Date(this.clock.now() + this.shownMs).toISOString() };
  }

  private phoneOf(contact: Contact | null): string {
    if (!contact) throw notFound('contact');
    requireNotErased(contact);
    const phone = this.gate.reveal(contact);
    if (phone !== null) return phone;
    throw new ProblemException('phone_withheld', 'WhatsApp withholds the number of this customer; answer them here.');
  }

  private async spend({ agentId }: Authority): Promise<void> {
    const before = await this.budget.look(agentId);
    // Others may be spending at the same time: what counts is who came first.
    const standing = before.left > 0 ? await this.budget.spend(agentId) : before;
    if (before.left > 0 && !standing.isOverspent) return;
    throw new ProblemException('too_many_requests', 'You have had very many numbers shown; wait before the next.', {
      retryAfter: standing.resetSeconds,
      headers: rateLimitHeaders([standing]),
    });
  }
}
