/**
 * The lock of an endpoint that is about to change.
 *
 * Who calls: whoever changes, disables or deletes one, before its deliveries. Locks are taken in one order by all: rows
 * of the work itself (conversations, then agents), endpoints, their deliveries; and within COMMIT the heads of the audit
 * log, workspace by workspace, and the number of revocations. What is audited asks for endpoints `for key share`
 * (`emit_webhooks`): this lock leaves that free, as an endpoint's settings are no key. What must never happen: an
 * assignment, with all that are committed together with it, waits for somebody who changes an endpoint. Only a delete is
 * waited for, from its statement to its commit, and it waits for nobody who is waiting for it.
 */
import type { EntityManager } from '@mikro-orm/postgresql';
import { sql } from '../platform/database/database.js';
import { WebhookEndpoint } from './webhook-endpoint.entity.js';

const LOCK_SQL = 'select from webhook_endpoint where id = $1 for no key update';

/** The endpoint as it is once nobody else changes it; null: there is none. */
export async function lockEndpoint(em: EntityManager, id: string): Promise<WebhookEndpoint | null> {
  await sql(em, LOCK_SQL, [id]);
  return em.findOne(WebhookEndpoint, { id });
}
