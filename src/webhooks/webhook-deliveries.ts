/**
 * Delivers events to endpoints: the owner of the job `webhooks.deliver`.
 *
 * Guaranteed: a committed event is sent at least once to each endpoint that asked for it, or given up after its
 * attempts, in sight either way; when it is tried again stands in PostgreSQL, so a lost Redis forgets nothing. The job
 * only starts the sending, in lanes of its own, a few at a time for each endpoint: a receiver that hangs holds up
 * neither others nor the jobs that follow changes of rights. What must never happen: two attempts at one delivery at the
 * same time, or an attempt at what was delivered.
 */
import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleInit,
} from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import pLimit, { type LimitFunction } from 'p-limit';
import { AuditService } from '../audit/audit.service.js';
import { Clock } from '../platform/clock.js';
import { Config } from '../platform/config/config.js';
import { Database, sql } from '../platform/database/database.js';
import { JobRegistry } from '../platform/jobs/job-registry.js';
import { Outbox, OUTBOX_CHANNEL, type OutboxRowId } from '../platform/outbox/outbox.js';
import { Repeated } from '../platform/repeated.js';
import { Metrics } from '../platform/telemetry/metrics.js';
import { lockEndpoint } from './endpoint.lock.js';
import * as queries from './delivery.queries.js';
import { type Claimed, DELIVER } from './delivery.queries.js';
import { retryAfter } from './retry.rule.js';
import type { WebhookEndpoint } from './webhook-endpoint.entity.js';
import { type Attempt, WebhookSender } from './webhook-sender.js';

declare module '../platform/jobs/job-registry.js' {
  interface Jobs {
    /** Sends an event to an endpoint. The key is the delivery. */
    'webhooks.deliver': true;
  }
}

const PER_ENDPOINT = 4;
/** More than this are left to the next time the outbox hands them out. */
const MOST_WAITING = 1_000;
const DUE_EVERY_MS = 1_000;
const DUE_AT_ONCE = 500;
const FORGET_EVERY_MS = 3_600_000;
const KEEP_MS = 30 * 24 * 3_600_000;
/** An endpoint that has only failed for so long is disabled. */
const PATIENCE_MS = 5 * 24 * 3_600_000;
const GONE = 410;

@Injectable()
export class WebhookDeliveries implements OnModuleInit, OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(WebhookDeliveries.name);
  /** By endpoint. */
  private readonly lanes = new Map<string, LimitFunction>();
  /** By delivery: those that wait or are being sent. */
  private readonly underway = new Map<string, Promise<void>>();
  private readonly repeated: Repeated[];
  private readonly outcomes;
  private isStopping = false;

  constructor(
    private readonly database: Database,
    private readonly sender: WebhookSender,
    private readonly outbox: Outbox,
    private readonly registry: JobRegistry,
    private readonly audit: AuditService,
    private readonly config: Config,
    private readonly clock: Clock,
    metrics: Metrics,
  ) {
    this.outcomes = metrics.counter('muster_webhooks_total', 'Attempts at webhooks, by outcome.', ['outcome']);
    this.repeated = [
      new Repeated('handing out webhooks', DUE_EVERY_MS, () => this.handOut()),
      new Repeated('forgetting webhooks', FORGET_EVERY_MS, () => this.forget()),
    ];
  }

  onModuleInit(): void {
    this.registry.own(DELIVER, ({ key }) => this.start(key));
  }

  onApplicationBootstrap(): void {
    if (this.config.roles.has('worker')) for (const each of this.repeated) each.start();
  }

  /** What is being sent is sent; what waits is handed out again after the next start. */
  async beforeApplicationShutdown(): Promise<void> {
    this.isStopping = true;
    await Promise.all(this.repeated.map((each) => each.stop()));
    await Promise.all(this.underway.values());
  }

  private async start(id: string): Promise<void> {
    if (this.isStopping || this.underway.has(id)) return;
    const { rows } = await this.database.pool.query<{ endpointId: string }>(queries.ENDPOINT_OF_SQL, [id]);
    const endpointId = rows[0]?.endpointId ?? '';
    const lane = this.lanes.get(endpointId) ?? pLimit(PER_ENDPOINT);
    if (this.underway.has(id) || lane.pendingCount >= MOST_WAITING) return;
    this.lanes.set(endpointId, lane);
    const sent = lane(() => this.deliver(id)).finally(() => {
      this.underway.delete(id);
      if (lane.activeCount + lane.pendingCount === 0) this.lanes.delete(endpointId);
    });
    this.underway.set(id, sent);
  }

  /** Never throws: what can't be recorded is handed out again. */
  private async deliver(id: string): Promise<void> {
    if (this.isStopping) return;
    try {
      const asked = await this.database.systemTransaction((em) => this.outbox.unfinished(em, DELIVER, id));
      if (asked.length === 0) return;
      const claimed = await this.claim(id);
      if (!claimed) return await this.drop(id, asked);
      const attempt = await this.sender.send(claimed);
      this.outcomes.inc({ outcome: attempt.failure ?? 'delivered' });
      await this.database.transaction(claimed.workspaceId, async (em) => {
        await this.record(em, claimed, attempt);
        await this.outbox.finish(em, asked);
      });
    } catch (error) {
      this.logger.warn({ err: error, delivery: id }, 'a webhook could not be recorded; it is handed out again');
    }
  }

  private async claim(id: string): Promise<Claimed | null> {
    const { rows } = await this.database.pool.query<Claimed>(queries.CLAIM_SQL, [id, this.clock.date()]);
    return rows[0] ?? null;
  }

  /** It is over, gone with its endpoint, or has nowhere to go; unless another worker is at it. */
  private async drop(id: string, asked: OutboxRowId[]): Promise<void> {
    const { rows } = await this.database.pool.query(queries.IS_CLAIMED_SQL, [id, this.clock.date()]);
    if (rows.length > 0) return;
    await this.database.systemTransaction(async (em) => {
      await sql(em, queries.GIVE_UP_ONE_SQL, [id]);
      await this.outbox.finish(em, asked);
    });
  }

  /** The endpoint before its delivery: so does whoever changes one. */
  private async record(em: EntityManager, claimed: Claimed, attempt: Attempt): Promise<void> {
    const { id, endpointId, attempts } = claimed;
    const { responseStatus, failure } = attempt;
    const now = this.clock.date();
    if (failure === null) {
      await sql(em, queries.RECOVERED_SQL, [endpointId]);
      await sql(em, queries.DELIVERED_SQL, [id, now, responseStatus]);
      return;
    }
    const endpoint = await lockEndpoint(em, endpointId);
    const pause = retryAfter(attempts, Math.random());
    const next = pause === null ? null : new Date(now.getTime() + pause);
    await sql(em, queries.FAILED_SQL, [id, responseStatus, failure, next]);
    if (endpoint?.enabled) await this.noteFailure(em, endpoint, attempt, now);
  }

  /** Disables an endpoint that says it is gone, or has only failed for days. */
  private async noteFailure(
    em: EntityManager,
    endpoint: WebhookEndpoint,
    { responseStatus }: Attempt,
    now: Date,
  ): Promise<void> {
    endpoint.failingSince ??= now;
    const isHopeless = now.getTime() - endpoint.failingSince.getTime() >= PATIENCE_MS;
    const because = responseStatus === GONE ? 'gone' : isHopeless ? 'failing' : null;
    if (because === null) return;
    endpoint.disable(because, now);
    await sql(em, queries.GIVE_UP_SQL, [endpoint.id]);
    this.audit.record(em, {
      actor: 'system',
      workspaceId: endpoint.workspaceId,
      action: 'webhook.disabled',
      target: { kind: 'webhook', id: endpoint.id },
      after: { because },
    });
  }

  private async handOut(): Promise<void> {
    const parameters = [this.clock.date(), DUE_AT_ONCE, DELIVER, OUTBOX_CHANNEL];
    await this.database.pool.query(queries.DUE_SQL, parameters);
  }

  private async forget(): Promise<void> {
    await this.database.pool.query(queries.FORGET_SQL, [new Date(this.clock.now() - KEEP_MS)]);
  }
}
