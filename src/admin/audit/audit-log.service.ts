/**
 * The audit log, to be read: a page, or all of it as a stream.
 *
 * Guaranteed: a stream holds one stretch of entries in memory, however many match and however slowly it is read; since
 * nothing in the log ever changes, it is the log as it was when the stream began. What must never happen: an entry of
 * another workspace, a customer's number or a secret; the latter two are never written there.
 */
import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import type { AuditEntryView, Page } from '#contracts';
import { Database } from '../../platform/database/database.js';
import { decodeCursor, parseSort, toPage } from '../../platform/http/page.js';
import { type AuditRow, auditStretch, type Stretch } from './audit-log.queries.js';
import type { AuditQuery } from './audit.query.js';

const STRETCH = 1_000;
const SEQ = /^\d{1,15}$/;

@Injectable()
export class AuditLogService {
  constructor(private readonly database: Database) {}

  async page(workspaceId: string, query: AuditQuery): Promise<Page<AuditEntryView>> {
    const rows = await this.stretch(workspaceId, query, { ...startOf(query), limit: query.limit + 1 });
    return toPage(rows, query.limit, toView, ({ seq }) => [String(seq)]);
  }

  /** One JSON object a line. Rejects when not even the first can be read. */
  async stream(workspaceId: string, query: AuditQuery): Promise<Readable> {
    const start = { ...startOf(query), limit: STRETCH };
    const first = await this.stretch(workspaceId, query, start);
    return Readable.from(this.lines(workspaceId, query, start, first), { objectMode: false });
  }

  private async *lines(
    workspaceId: string,
    query: AuditQuery,
    start: Stretch,
    first: AuditRow[],
  ): AsyncGenerator<string, void, undefined> {
    for (let rows = first; ;) {
      if (rows.length > 0) yield rows.map((row) => `${JSON.stringify(toView(row))}\n`).join('');
      const last = rows.at(-1);
      if (!last || rows.length < STRETCH) return;
      rows = await this.stretch(workspaceId, query, { ...start, after: last.seq });
    }
  }

  private async stretch(workspaceId: string, query: AuditQuery, stretch: Stretch): Promise<AuditRow[]> {
    const { text, values } = auditStretch(workspaceId, query, stretch);
    return (await this.database.of(workspaceId).query<AuditRow>(text, values)).rows;
  }
}

/** By place, the newest first unless asked otherwise. */
function startOf({ sort, cursor }: AuditQuery): Pick<Stretch, 'after' | 'descending'> {
  const descending = parseSort(sort, ['seq'], '-seq')[0]?.descending ?? true;
  return { after: cursor ? Number(decodeCursor(cursor, [SEQ])[0]) : null, descending };
}

function toView(row: AuditRow): AuditEntryView {
  const { id, seq, at, action, before, after, reason, requestId, hash } = row;
  return {
    id,
    seq,
    at: at.toISOString(),
    actor: { kind: row.actorKind, id: row.actorId, name: row.actorName },
    action,
    target: { kind: row.targetKind, id: row.targetId, name: row.targetName },
    before,
    after,
    reason,
    requestId,
    hash,
  };
}
