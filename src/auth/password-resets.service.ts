/**
 * Resetting a password that was forgotten, by a token that is mailed.
 *
 * Guaranteed: asking is answered alike and after the same work, whether there is such an account or not: what depends on
 * that happens after the answer. Few mails an hour for one account, and few requests from one address. Must never
 * happen: a token anywhere but in the mail.
 */
import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import pLimit from 'p-limit';
import type { ChangedPassword } from '#contracts';
import { AuditService } from '../audit/audit.service.js';
import { Config } from '../platform/config/config.js';
import { Database } from '../platform/database/database.js';
import { ProblemException } from '../platform/errors/problem.exception.js';
import type { Origin } from '../platform/http/origin.js';
import { type Budget, rateLimitHeaders } from '../platform/limits/budget.js';
import { Budgets } from '../platform/limits/budgets.js';
import { Mailer } from '../platform/mail/mailer.js';
import { Fingerprints } from './fingerprints.js';
import { PasswordTokens } from './tokens/password-tokens.service.js';
import { RESETTABLE_SQL } from './tokens/token.queries.js';

const LIFETIME_MS = 3_600_000;
const HOUR_SECONDS = 3_600;
const MOST_WAITING = 1_000;

/** Who may want a new password. */
interface Account {
  id: string;
  workspace_id: string;
}

@Injectable()
export class PasswordResets implements BeforeApplicationShutdown {
  private readonly logger = new Logger(PasswordResets.name);
  private readonly mails: Budget;
  private readonly requests: Budget;
  /** One after the other, so that none overtakes the counting of the one before. */
  private readonly lane = pLimit(1);
  private last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly database: Database,
    private readonly tokens: PasswordTokens,
    private readonly mailer: Mailer,
    private readonly fingerprints: Fingerprints,
    private readonly audit: AuditService,
    budgets: Budgets,
    config: Config,
  ) {
    const hour = { seconds: HOUR_SECONDS, longestSeconds: HOUR_SECONDS };
    this.mails = budgets.create({ name: 'reset', points: config.resetsPerHour, ...hour });
    this.requests = budgets.create({ name: 'reset-address', points: config.loginFailuresPerAddress, ...hour });
  }

  /** Mails a token, if the e-mail is an agent's. Throws 429 for an address that asks too often. */
  async request(email: string, workspace: string | undefined, { address }: Origin): Promise<void> {
    await this.count(address);
    if (this.lane.pendingCount >= MOST_WAITING) return;
    this.last = this.lane(() => this.invite(email, workspace ?? null)).catch((error: unknown) => {
      this.logger.warn({ err: error }, 'a password reset could not be prepared; it has to be asked for again');
    });
  }

  /** Sets a new password; every session and key of the agent ends. 422 `reset_invalid`, 429. */
  async complete(token: string, password: string, origin: Origin): Promise<ChangedPassword> {
    await this.count(origin.address);
    return this.tokens.use('reset', token, password, origin, refusal);
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.last;
  }

  private async count(address: string): Promise<void> {
    const key = this.fingerprints.origin(address).toString('base64url');
    const before = await this.requests.look(key);
    if (before.left > 0) return void (await this.requests.spend(key));
    throw new ProblemException('too_many_requests', 'Too many resets were asked for from here; try again later.', {
      retryAfter: before.resetSeconds,
      headers: rateLimitHeaders([before]),
    });
  }

  private async invite(email: string, workspace: string | null): Promise<void> {
    if (!this.mailer.isConfigured) {
      return this.logger.warn('a password reset was asked for, but no mail can be sent: set MUSTER_SMTP_URL');
    }
    const { rows } = await this.database.pool.query<Account>(RESETTABLE_SQL, [email, workspace]);
    const key = this.fingerprints.account(email);
    if (rows.length === 0 || (await this.mails.look(key)).left === 0) return;
    await this.mails.spend(key);
    for (const { id, workspace_id: workspaceId } of rows) await this.add({ id, workspaceId });
  }

  private add(agent: { id: string; workspaceId: string }): Promise<void> {
    return this.database.transaction(agent.workspaceId, async (em) => {
      await this.tokens.add(em, agent, { kind: 'reset', lifetimeMs: LIFETIME_MS, isMailed: true });
      this.audit.record(em, {
        actor: 'system',
        workspaceId: agent.workspaceId,
        action: 'agent.password_reset_requested',
        target: { kind: 'agent', id: agent.id },
      });
    });
  }
}

function refusal(): ProblemException {
  return new ProblemException(
    'reset_invalid',
    'This token was used before or is too old, or your access was ended; ask for another mail.',
  );
}
