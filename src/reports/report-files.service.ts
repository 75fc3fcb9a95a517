/**
 * Reports as CSV files, page after page.
 *
 * Guaranteed: one page at most is in memory; a page that can't be read ends the stream with an error, so that a file that
 * is not whole does not look whole; what is wrong with the question is said before the file begins.
 */
import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import type { PagedReport } from '#contracts';
import { type Columns, csvHead, csvRows, DENSITY_COLUMNS, OCCUPANCY_COLUMNS, PRESENCE_COLUMNS } from './csv.js';
import type { DensityReportQuery, PagedReportQuery } from './reports.query.js';
import { ReportsService } from './reports.service.js';

const PAGE = 200;
/** Excel takes a file without it for an older encoding. */
const BYTE_ORDER_MARK = '\uFEFF';

type Pages<Row> = (query: PagedReportQuery) => Promise<PagedReport & { data: Row[] }>;

@Injectable()
export class ReportFilesService {
  constructor(private readonly reports: ReportsService) {}

  async density(workspaceId: string, query: DensityReportQuery): Promise<Readable> {
    const { data } = await this.reports.density(workspaceId, query);
    return Readable.from([BYTE_ORDER_MARK + csvHead(DENSITY_COLUMNS) + csvRows(DENSITY_COLUMNS, data)]);
  }

  presence(workspaceId: string, query: PagedReportQuery): Promise<Readable> {
    return all((page) => this.reports.presence(workspaceId, page), PRESENCE_COLUMNS, query);
  }

  occupancy(workspaceId: string, query: PagedReportQuery): Promise<Readable> {
    return all((page) => this.reports.occupancy(workspaceId, page), OCCUPANCY_COLUMNS, query);
  }
}

/** Rejects when not even the first page can be read. */
async function all<Row>(read: Pages<Row>, columns: Columns<Row>, query: PagedReportQuery): Promise<Readable> {
  const first = await read({ ...query, limit: PAGE });
  return Readable.from(texts(read, columns, query, first), { objectMode: false });
}

async function* texts<Row>(
  read: Pages<Row>,
  columns: Columns<Row>,
  query: PagedReportQuery,
  first: PagedReport & { data: Row[] },
): AsyncGenerator<string, void, undefined> {
  yield BYTE_ORDER_MARK + csvHead(columns);
  for (let report = first; ;) {
    if (report.data.length > 0) yield csvRows(columns, report.data);
    if (report.page.next === null) return;
    report = await read({ ...query, limit: PAGE, cursor: report.page.next });
  }
}
