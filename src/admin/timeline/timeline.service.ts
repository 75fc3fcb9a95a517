import { Injectable } from '@nestjs/common';
import type { Page, TimelineEntry } from '#contracts';
import { Database } from '../../platform/database/database.js';
import { notFound } from '../../platform/errors/problem.exception.js';
import { decodeCursor, toPage } from '../../platform/http/page.js';
import { timelineSql, type TimelineRow } from './timeline.queries.js';
import type { TimelineQuery } from './timeline.query.js';

/** What a cursor holds: the time of an entry, as exact as PostgreSQL keeps it, and its id. */
const CURSOR = [
  /^\d{4}-[01]\d-[0-3]\d [0-2]\d:[0-5]\d:[0-5]\d(\.\d{1,6})?[+-]\d\d(:\d\d)?$/,
  /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
];

/** One list from all that keeps a history of an agent. */
@Injectable()
export class TimelineService {
  constructor(private readonly database: Database) {}

  /** Newest first; also of deleted agents. Throws 404. */
  async of(workspaceId: string, agentId: string, query: TimelineQuery): Promise<Page<TimelineEntry>> {
    const known = [workspaceId, agentId];
    const found = await this.database
      .of(workspaceId)
      .query('select 1 from agent where workspace_id = $1 and id = $2', known);
    if (found.rowCount === 0) throw notFound('agent');
    const after = query.cursor ? decodeCursor(query.cursor, CURSOR) : [];
    // Across: under a policy, no index would find who got a conversation (ARCHITECTURE.md, Tenants).
    const { rows } = await this.database.pool.query<TimelineRow>(timelineSql(query.kind, after.length > 0), [
      ...known,
      query.limit + 1,
      ...after,
    ]);
    return toPage(rows, query.limit, toEntry, (row) => [row.cursor_at, row.id]);
  }
}

function toEntry({ kind, id, at, entry }: TimelineRow): TimelineEntry {
  return { kind, id, at: new Date(at).toISOString(), ...entry } as TimelineEntry;
}
