/** Reports as CSV: a line of names, then a line for each row; times and durations as in JSON. Pure. */
import { stringify } from 'csv-stringify/sync';
import type { DensityBucket, DurationSummary, OccupancyReportRow, PresenceReportRow, ReportSubject } from '#contracts';
import { toCell } from '../platform/http/csv-cell.js';

/** The columns of a report, in their order: a cell of each row. */
export type Columns<Row> = Record<string, (row: Row) => string | number | null>;

export const DENSITY_COLUMNS: Columns<DensityBucket> = {
  at: (row) => row.at,
  inbound: (row) => row.inbound,
  outbound: (row) => row.outbound,
};

const SUBJECT: Columns<ReportSubject> = {
  agentId: ({ agent }) => agent?.id ?? null,
  agent: ({ agent }) => agent?.name ?? null,
  teamId: ({ team }) => team.id,
  team: ({ team }) => team.name,
};

export const PRESENCE_COLUMNS: Columns<PresenceReportRow> = {
  ...SUBJECT,
  availableMs: ({ timeMs }) => timeMs.available,
  busyMs: ({ timeMs }) => timeMs.busy,
  awayMs: ({ timeMs }) => timeMs.away,
  offlineMs: ({ timeMs }) => timeMs.offline,
  presentShare: (row) => row.presentShare,
};

export const OCCUPANCY_COLUMNS: Columns<OccupancyReportRow> = {
  ...SUBJECT,
  presentMs: (row) => row.presentMs,
  availableMs: (row) => row.availableMs,
  occupiedMs: (row) => row.occupiedMs,
  occupancy: (row) => row.occupancy,
  openMs: (row) => row.openMs,
  concurrency: (row) => row.concurrency,
  ...summaryColumns('handled', (row) => row.handled),
  ...summaryColumns('waited', (row) => row.waited),
  inbound: (row) => row.inbound,
  outbound: (row) => row.outbound,
  interactionsPerAvailableHour: (row) => row.interactionsPerAvailableHour,
};

function summaryColumns(name: string, of: (row: OccupancyReportRow) => DurationSummary): Columns<OccupancyReportRow> {
  return {
    [name]: (row) => of(row).count,
    [`${name}AverageMs`]: (row) => of(row).averageMs,
    [`${name}MedianMs`]: (row) => of(row).medianMs,
    [`${name}LongestMs`]: (row) => of(row).longestMs,
  };
}

/** The first line. */
export function csvHead<Row>(columns: Columns<Row>): string {
  return lines([Object.keys(columns)]);
}

/** Rows as lines. Texts that a spreadsheet might take for formulas begin with an apostrophe. */
export function csvRows<Row>(columns: Columns<Row>, rows: readonly Row[]): string {
  if (rows.length === 0) return '';
  return lines(rows.map((row) => Object.values(columns).map((cell) => cell(row))));
}

function lines(rows: (string | number | null)[][]): string {
  return stringify(rows, { record_delimiter: '\r\n', quoted_string: true, cast: { string: toCell } });
}
