/**
 * Mails tokens with which passwords are set: the owner of the job `auth.mail-token`.
 *
 * Guaranteed: a token is mailed at least once, or it is used, withdrawn or too old by then, or the server will never
 * take a mail for this address. The job only starts the sending, in a lane of its own, and does not wait for it: a mail
 * server that hangs must not hold up the jobs that follow changes of rights. The outbox row is finished once the mail is
 * out; until then it is handed out again every minute. Nothing but the token's id is in the queue.
 */
import { type BeforeApplicationShutdown, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import pLimit from 'p-limit';
import { Clock } from '../../platform/clock.js';
import { Config } from '../../platform/config/config.js';
import { Database } from '../../platform/database/database.js';
import { JobRegistry } from '../../platform/jobs/job-registry.js';
import { Mailer, MailError } from '../../platform/mail/mailer.js';
import { Outbox } from '../../platform/outbox/outbox.js';
import { Metrics } from '../../platform/telemetry/metrics.js';
import { Fingerprints } from '../fingerprints.js';
import { tokenMail } from './token-mail.js';
import { type MailRow, TO_MAIL_SQL } from './token.queries.js';

const TOPIC = 'auth.mail-token';
const AT_A_TIME = 2;
/** More than this are left to the next minute. */
const MOST_WAITING = 1_000;

@Injectable()
export class TokenMails implements OnModuleInit, BeforeApplicationShutdown {
  private readonly logger = new Logger(TokenMails.name);
  private readonly lane = pLimit(AT_A_TIME);
  /** By token id: those that wait or are being sent. */
  private readonly underway = new Map<string, Promise<void>>();
  private readonly mails;
  private isStopping = false;

  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
    private readonly registry: JobRegistry,
    private readonly mailer: Mailer,
    private readonly fingerprints: Fingerprints,
    private readonly config: Config,
    private readonly clock: Clock,
    metrics: Metrics,
  ) {
    this.mails = metrics.counter('muster_mails_total', 'Mails, by outcome of each attempt.', ['outcome']);
  }

  onModuleInit(): void {
    this.registry.own(TOPIC, ({ key }) => {
      this.start(key);
      return Promise.resolve();
    });
  }

  /** What is being sent is sent; what waits is handed out again after the next start. */
  async beforeApplicationShutdown(): Promise<void> {
    this.isStopping = true;
    await Promise.all(this.underway.values());
  }

  private start(id: string): void {
    if (this.underway.has(id) || this.lane.pendingCount >= MOST_WAITING) return;
    const sent = this.lane(() => this.deliver(id)).finally(() => this.underway.delete(id));
    this.underway.set(id, sent);
  }

  /** Never throws: what fails is handed out again. */
  private async deliver(id: string): Promise<void> {
    if (this.isStopping) return;
    try {
      const outcome = await this.send(id);
      await this.database.systemTransaction(async (em) => {
        await this.outbox.finish(em, await this.outbox.unfinished(em, TOPIC, id));
      });
      this.mails.inc({ outcome });
    } catch (error) {
      this.mails.inc({ outcome: 'failed' });
      this.logger.warn({ err: error }, 'a mail could not be sent; trying again within a minute');
    }
  }

  private async send(id: string): Promise<'sent' | 'outdated' | 'refused'> {
    const { rows } = await this.database.pool.query<MailRow>(TO_MAIL_SQL, [id, this.clock.date()]);
    const row = rows[0];
    if (!row?.usable) return 'outdated';
    try {
      const { kind, name, email, workspace, expires_at: expiresAt } = row;
      const secret = this.fingerprints.token(id);
      const { publicUrl } = this.config;
      await this.mailer.send(tokenMail({ kind, name, email, workspace, secret, expiresAt, publicUrl }));
      return 'sent';
    } catch (error) {
      if (!(error instanceof MailError) || !error.isFinal) throw error;
      this.logger.warn({ err: error }, 'the mail server will never take a mail; is the address of the agent right?');
      return 'refused';
    }
  }
}
