/**
 * The workspace's endpoints for outgoing webhooks.
 *
 * Guaranteed: a secret is shown when it is made, and stored only encrypted; what an endpoint is not to get any more is
 * given up in the transaction that says so. What must never happen: an address in the audit log, for it may hold a
 * secret of the receiver: only its origin is there.
 */
import { Injectable } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { AuditAction, Page, WebhookDeliveryView, WebhookView, WebhookWithSecret } from '#contracts';
import type { Authority } from '../access/authority.js';
import { AuditService, difference } from '../audit/audit.service.js';
import { Clock } from '../platform/clock.js';
import { Database, sql } from '../platform/database/database.js';
import { invalid, notFound, validationFailed } from '../platform/errors/problem.exception.js';
import { requireVersion } from '../platform/http/etag.js';
import { OutgoingHttp } from '../platform/http/outgoing/outgoing-http.js';
import { type PageQuery, toPage } from '../platform/http/page.js';
import { newId } from '../platform/ids.js';
import { Outbox } from '../platform/outbox/outbox.js';
import { PhoneVault } from '../privacy/phone-vault.js';
import { ADD_TEST_SQL, DELIVER, GIVE_UP_SQL } from './delivery.queries.js';
import { lockEndpoint } from './endpoint.lock.js';
import { newSecret } from './signature.js';
import { WebhookEndpoint, type WebhookSettings } from './webhook-endpoint.entity.js';
import type { CreateWebhookRequest, UpdateWebhookRequest } from './webhooks.dto.js';
import * as queries from './webhooks.queries.js';
import type { ListDeliveriesQuery } from './webhooks.query.js';

const MOST = 20;
const BOTH_SECRETS_MS = 24 * 3_600_000;

@Injectable()
export class WebhooksService {
  constructor(
    private readonly database: Database,
    private readonly vault: PhoneVault,
    private readonly http: OutgoingHttp,
    private readonly outbox: Outbox,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  async list(workspaceId: string, page: PageQuery): Promise<Page<WebhookView>> {
    const { text, values } = queries.webhookPage(workspaceId, page);
    const { rows } = await this.database.of(workspaceId).query<queries.WebhookRow>(text, values);
    const now = this.clock.now();
    return toPage(
      rows,
      page.limit,
      (row) => queries.toWebhookView(row, now),
      (row) => row.cursor,
    );
  }

  /** Throws 404. */
  async get(workspaceId: string, id: string): Promise<WebhookView> {
    const { rows } = await this.database
      .of(workspaceId)
      .query<queries.WebhookRow>(queries.WEBHOOK_SQL, [workspaceId, id]);
    if (!rows[0]) throw notFound('webhook');
    return queries.toWebhookView(rows[0], this.clock.now());
  }

  /** 422 `url_invalid`, `too_many_webhooks`. The secret is in the answer and nowhere else. */
  async create(caller: Authority, request: CreateWebhookRequest): Promise<WebhookWithSecret> {
    const { workspaceId } = caller;
    this.requireCallable(request.url);
    const [id, secret] = [newId(), newSecret()];
    await this.database.transaction(workspaceId, (em) => this.add(em, caller, { ...request, id, secret }));
    return { ...(await this.get(workspaceId, id)), secret };
  }

  /** Whoever enables an endpoint that was disabled gives it another chance; what it missed it is not told of. */
  async update(caller: Authority, id: string, request: UpdateWebhookRequest, expected: number | null) {
    if (request.url !== undefined) this.requireCallable(request.url);
    await this.change(caller, id, expected, async (em, endpoint) => {
      const before = endpoint.settings();
      const values = request.events ? { ...request, events: distinct(request.events) } : request;
      if (!endpoint.change(values, this.clock.date())) return;
      if (!endpoint.enabled) await sql(em, GIVE_UP_SQL, [id]);
      const changed = difference(audited(before), audited(endpoint.settings())) ?? {};
      this.record(em, caller, 'webhook.updated', id, changed);
    });
    return this.get(caller.workspaceId, id);
  }

  /** From now on deliveries are signed with a new secret, and for a day with the one before too. */
  async rotate(caller: Authority, id: string, expected: number | null): Promise<WebhookWithSecret> {
    const secret = newSecret();
    await this.change(caller, id, expected, (em, endpoint) => {
      const now = this.clock.date();
      endpoint.rotate(this.seal(caller.workspaceId, secret), new Date(now.getTime() + BOTH_SECRETS_MS), now);
      this.record(em, caller, 'webhook.secret_rotated', id);
    });
    return { ...(await this.get(caller.workspaceId, id)), secret };
  }

  /** Answers with the endpoint as it was. Its deliveries go with it. */
  async delete(caller: Authority, id: string, expected: number | null): Promise<WebhookView> {
    const view = await this.get(caller.workspaceId, id);
    await this.change(caller, id, expected, (em, endpoint) => {
      this.record(em, caller, 'webhook.deleted', id, { before: audited(endpoint.settings()) });
      em.remove(endpoint);
    });
    return view;
  }

  /** Sends a `webhook.test`, also to an endpoint that is disabled. */
  async test(caller: Authority, id: string): Promise<WebhookDeliveryView> {
    const { workspaceId } = caller;
    const deliveryId = newId();
    await this.change(caller, id, null, async (em) => {
      const data = { workspaceId, id, changed: [], related: {} };
      await sql(em, ADD_TEST_SQL, [deliveryId, workspaceId, id, JSON.stringify(data), this.clock.date()]);
      await this.outbox.add(em, workspaceId, DELIVER, [deliveryId]);
      this.record(em, caller, 'webhook.tested', id);
    });
    const { rows } = await this.database
      .of(workspaceId)
      .query<queries.DeliveryRow>(queries.DELIVERY_SQL, [workspaceId, deliveryId]);
    if (!rows[0]) throw notFound('delivery');
    return queries.toDeliveryView(rows[0]);
  }

  async deliveries(workspaceId: string, id: string, query: ListDeliveriesQuery): Promise<Page<WebhookDeliveryView>> {
    await this.get(workspaceId, id);
    const { text, values } = queries.deliveryPage(workspaceId, id, query);
    const { rows } = await this.database.of(workspaceId).query<queries.DeliveryRow>(text, values);
    return toPage(rows, query.limit, queries.toDeliveryView, (row) => row.cursor);
  }

  private async add(
    em: EntityManager,
    caller: Authority,
    { id, secret, ...request }: CreateWebhookRequest & { id: string; secret: string },
  ): Promise<void> {
    const { workspaceId } = caller;
    if ((await em.count(WebhookEndpoint, {})) >= MOST) throw tooMany();
    const { url, description = null, enabled = true } = request;
    const settings: WebhookSettings = { url, description, enabled, events: distinct(request.events) };
    const now = this.clock.date();
    em.create(
      WebhookEndpoint,
      {
        id,
        workspaceId,
        ...settings,
        disabledBecause: enabled ? null : 'by_hand',
        secret: this.seal(workspaceId, secret),
        previousSecret: null,
        previousSecretUntil: null,
        failingSince: null,
        version: 1,
        createdAt: now,
        updatedAt: now,
      },
      { persist: true },
    );
    this.record(em, caller, 'webhook.created', id, { after: audited(settings) });
  }

  private async change(
    caller: Authority,
    id: string,
    expected: number | null,
    apply: (em: EntityManager, endpoint: WebhookEndpoint) => void | Promise<void>,
  ): Promise<void> {
    await this.database.transaction(caller.workspaceId, async (em) => {
      const endpoint = await lockEndpoint(em, id);
      if (!endpoint) throw notFound('webhook');
      requireVersion(endpoint.version, expected);
      await apply(em, endpoint);
    });
  }

  private requireCallable(url: string): void {
    if (this.http.accepts(url) && new URL(url).hash === '') return;
    const detail = 'Give an address on the internet like https://example.com/hook, without a name, password or #.';
    throw invalid('url', 'url_invalid', detail);
  }

  private seal(workspaceId: string, secret: string): Buffer {
    return this.vault.seal('webhook-secret', workspaceId, secret);
  }

  private record(
    em: EntityManager,
    actor: Authority,
    action: AuditAction,
    id: string,
    what: { before?: object; after?: object } = {},
  ): void {
    const [before, after] = [what.before ? { ...what.before } : null, what.after ? { ...what.after } : null];
    const target = { kind: 'webhook' as const, id };
    this.audit.record(em, { actor, workspaceId: actor.workspaceId, action, target, before, after });
  }
}

function audited({ url, ...settings }: WebhookSettings) {
  return { ...settings, origin: new URL(url).origin };
}

function distinct<T>(items: readonly T[]): T[] {
  return [...new Set(items)];
}

function tooMany() {
  const detail = `A workspace has up to ${MOST} webhooks; delete one first.`;
  return validationFailed([{ pointer: '', code: 'too_many_webhooks', detail }]);
}
