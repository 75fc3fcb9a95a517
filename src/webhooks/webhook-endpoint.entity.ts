import { defineEntity, p } from '@mikro-orm/core';
import type { WebhookDisabling, WebhookEvent } from '#contracts';
import { workspaceFilter } from '../platform/database/workspace-filter.js';

export const WebhookEndpointSchema = defineEntity({
  name: 'WebhookEndpoint',
  tableName: 'webhook_endpoint',
  filters: workspaceFilter,
  properties: {
    id: p.uuid().primary(),
    workspaceId: p.uuid(),
    url: p.text(),
    description: p.text().strictNullable(),
    events: p.array<WebhookEvent>().columnType('text[]'),
    enabled: p.boolean(),
    disabledBecause: p.text().$type<WebhookDisabling>().strictNullable(),
    secret: p.blob(),
    previousSecret: p.blob().strictNullable(),
    previousSecretUntil: p.datetime().strictNullable(),
    failingSince: p.datetime().strictNullable(),
    version: p.integer(),
    createdAt: p.datetime(),
    updatedAt: p.datetime(),
  },
});

/** What an administrator can set. */
export type WebhookSettings = Pick<WebhookEndpoint, 'url' | 'description' | 'events' | 'enabled'>;

/** Where events are sent. */
export class WebhookEndpoint extends WebhookEndpointSchema.class {
  /** Takes over what changed. Returns whether anything did. Whoever enables it gives it another chance. */
  change(values: Partial<WebhookSettings>, at: Date): boolean {
    const before = JSON.stringify(this.settings());
    Object.assign(this, values);
    if (JSON.stringify(this.settings()) === before) return false;
    if (this.enabled && this.disabledBecause !== null) this.failingSince = null;
    this.disabledBecause = this.enabled ? null : (this.disabledBecause ?? 'by_hand');
    this.touch(at);
    return true;
  }

  disable(because: WebhookDisabling, at: Date): void {
    this.enabled = false;
    this.disabledBecause = because;
    this.touch(at);
  }

  /** The secret so far signs too until then. */
  rotate(secret: Buffer, until: Date, at: Date): void {
    this.previousSecret = this.secret;
    this.previousSecretUntil = until;
    this.secret = secret;
    this.touch(at);
  }

  settings(): WebhookSettings {
    const { url, description, events, enabled } = this;
    return { url, description, events, enabled };
  }

  private touch(at: Date): void {
    this.updatedAt = at;
    this.version++;
  }
}
WebhookEndpointSchema.setClass(WebhookEndpoint);
