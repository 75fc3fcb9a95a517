/**
 * The outbox: what must follow a change is written in the change's own transaction.
 *
 * Who calls: services, inside their transaction (`add`), and job handlers, inside theirs (`finish`). Guaranteed:
 * a committed row is handed to the queue until a handler's transaction has finished it, whatever dies in between.
 * What must never happen: a row finished by anybody but its handler, or work enqueued without a row.
 */
import { Injectable } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import { sql } from '../database/database.js';
import type { JobName } from '../jobs/job-registry.js';

/** Wakes the relays; the table is what counts. */
export const OUTBOX_CHANNEL = 'muster_outbox';

@Injectable()
export class Outbox {
  /** Adds a job about `key` to the transaction of `em`, and wakes the relays when it commits. */
  async add(em: EntityManager, workspaceId: string, topic: JobName, keys: string[]): Promise<void> {
    if (keys.length === 0) return;
    await sql(em, 'insert into outbox (workspace_id, topic, key) select $1, $2, unnest($3::uuid[])', [
      workspaceId,
      topic,
      keys,
    ]);
    await sql(em, "select pg_notify($1, '')", [OUTBOX_CHANNEL]);
  }

  /** The newest unfinished row of a key, read before the handler reads what is current; null: nothing to do. */
  async newest(em: EntityManager, topic: JobName, key: string): Promise<string | null> {
    const rows = await sql<{ id: string | null }>(
      em,
      'select max(id)::text as id from outbox where topic = $1 and key = $2 and done_at is null',
      [topic, key],
    );
    return rows[0]?.id ?? null;
  }

  /** Finishes the rows of a key up to `upTo`, in the handler's transaction. */
  async finish(em: EntityManager, topic: JobName, key: string, upTo: string): Promise<void> {
    await sql(
      em,
      'update outbox set done_at = clock_timestamp() where topic = $1 and key = $2 and id <= $3::bigint and done_at is null',
      [topic, key, upTo],
    );
  }
}
