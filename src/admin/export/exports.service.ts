/**
 * Agents as a CSV file, a page after the other.
 *
 * Who calls: the route; whoever reads the stream sets the pace. Guaranteed: one page at most is in memory; everybody
 * who was there all the time is in it once; a page that can't be read ends the stream with an error, so that a file
 * that is not whole does not look whole.
 */
import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { stringify } from 'csv-stringify/sync';
import { AGENT_COLUMNS } from '#contracts';
import { Database } from '../../platform/database/database.js';
import { toCell } from '../../platform/http/csv-cell.js';
import { EXPORT_PAGE_SQL, type ExportRow, filtersOf } from './export.queries.js';
import type { ExportQuery } from './export.query.js';

const PAGE = 1_000;
/** Excel takes a file without it for an older encoding. */
const BYTE_ORDER_MARK = '\uFEFF';
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

@Injectable()
export class ExportsService {
  constructor(private readonly database: Database) {}

  agents(workspaceId: string, query: ExportQuery): Readable {
    return Readable.from(this.pages(workspaceId, query), { objectMode: false });
  }

  private async *pages(workspaceId: string, query: ExportQuery): AsyncGenerator<string, void, undefined> {
    yield BYTE_ORDER_MARK + lines([[...AGENT_COLUMNS]]);
    const filters = filtersOf(query);
    let after: [string, string] | [null, null] = [null, null];
    for (;;) {
      const values: unknown[] = [workspaceId, PAGE, ...filters, ...after];
      const { rows }: { rows: ExportRow[] } = await this.database
        .of(workspaceId)
        .query<ExportRow>(EXPORT_PAGE_SQL, values);
      if (rows.length > 0) yield lines(rows.map(cellsOf));
      const last = rows.at(-1);
      if (!last || rows.length < PAGE) return;
      after = [last.created_at, last.id];
    }
  }
}

/** Every cell is quoted: whatever a spreadsheet separates by, a text stays in its cell. */
function lines(rows: string[][]): string {
  return stringify(rows, { quoted: true, quoted_empty: true, record_delimiter: '\r\n', cast: { string: toCell } });
}

/** In the order of `AGENT_COLUMNS`. A team that is named like an id is meant by its own. */
function cellsOf(row: ExportRow): string[] {
  return [
    row.name,
    row.email,
    row.phone,
    UUID.test(row.team_name) ? row.team_id : row.team_name,
    String(row.hide_phone),
    row.status,
    row.notes ?? '',
    row.capacity === null ? '' : String(row.capacity),
  ];
}
