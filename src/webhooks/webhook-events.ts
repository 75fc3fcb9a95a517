/**
 * Events for outgoing webhooks that are not audited.
 *
 * Who calls: services, inside the transaction in which it happens. What is audited needs no call: a trigger on the
 * audit log tells of every action that is an event by name (`WEBHOOK_EVENTS`). Guaranteed: what is committed is
 * delivered to every endpoint that asked for it, at least once, or given up in sight. What must never happen: anything
 * in the data but ids and names of members; it leaves the house.
 */
import { Injectable } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { WebhookData, WebhookEvent } from '#contracts';
import { sql } from '../platform/database/database.js';

/** Something that happened. */
export interface Happening {
  event: WebhookEvent;
  at: Date;
  data: WebhookData;
}

const EMIT_SQL = 'select emit_webhooks($1::uuid[], $2::text[], $3::timestamptz[], $4::jsonb[])';

@Injectable()
export class WebhookEvents {
  /** Tells of what happened once the transaction of `em` commits. */
  async emit(em: EntityManager, happenings: readonly Happening[]): Promise<void> {
    if (happenings.length === 0) return;
    await sql(em, EMIT_SQL, [
      happenings.map(({ data }) => data.workspaceId),
      happenings.map(({ event }) => event),
      happenings.map(({ at }) => at),
      happenings.map(({ data }) => JSON.stringify(data)),
    ]);
  }
}
