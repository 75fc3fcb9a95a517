/**
 * The outbox: what must follow a change is written in the change's own transaction.
 *
 * Who calls: services, inside their transaction (`add`), and job handlers, inside theirs (`finish`). Guaranteed:
 * a committed row is handed to the queue until a handler's transaction has finished it, whatever dies in between.
 * What must never happen: a row finished by anybody but its handler or unseen by it, work enqueued without a row, or a
 * row of a job that nobody owns.
 */
import { Injectable } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import { sql } from '../database/database.js';
import { type JobName, JobRegistry } from '../jobs/job-registry.js';

/** A row of the outbox. */
export type OutboxRowId = string;

/** Wakes the relays; the table is what counts. */
export const OUTBOX_CHANNEL = 'muster_outbox';

/** The relays are notified when it commits. `$1`: workspace, `$2`: topic, `$3`: keys, `$4`: channel. */
const ADD_SQL = `
with added as (insert into outbox (workspace_id, topic, key) select $1, $2, unnest($3::uuid[]))
select pg_notify($4, '')`;

@Injectable()
export class Outbox {
  constructor(private readonly registry: JobRegistry) {}

  /** Adds a job about each key to the transaction of `em`, and wakes the relays when it commits. */
  async add(em: EntityManager, workspaceId: string, topic: JobName, keys: string[]): Promise<void> {
    if (keys.length === 0) return;
    this.registry.require(topic);
    await sql(em, ADD_SQL, [workspaceId, topic, keys, OUTBOX_CHANNEL]);
  }

  /** The unfinished rows of a key. A handler reads them before it reads what is current. */
  async unfinished(em: EntityManager, topic: JobName, key: string): Promise<OutboxRowId[]> {
    const rows = await sql<{ id: OutboxRowId }>(
      em,
      'select id::text as id from outbox where topic = $1 and key = $2 and done_at is null',
      [topic, key],
    );
    return rows.map(({ id }) => id);
  }

  /** Finishes rows that the handler has seen, in its transaction: others may have been committed since. */
  async finish(em: EntityManager, rows: OutboxRowId[]): Promise<void> {
    if (rows.length === 0) return;
    await sql(em, 'update outbox set done_at = clock_timestamp() where id = any($1::bigint[]) and done_at is null', [
      rows,
    ]);
  }
}
