/** The HTTP calls about the past. Times are texts with their zone, like `2026-11-23T10:00:00Z`. */
import type { DensityReport, Id, OccupancyReport, PresenceReport, ReportGrouping, ReportInterval } from '#contracts';
import { type Connection, openFile } from './files.js';
import type { CallOptions, Send } from './http.js';

export type ReportParams = { from: string; to: string; teamId?: Id; agentId?: Id };

export type DensityReportParams = ReportParams & { interval?: ReportInterval };

/** `cursor` is the `page.next` of the page before: these reports can be walked with `everyPage`. */
export type PagedReportParams = ReportParams & { groupBy?: ReportGrouping; limit?: number; cursor?: string };

/** What a file of a report is of: all rows, whatever `limit` and `cursor` say. */
export type ReportFileParams = ReportParams & { interval?: ReportInterval; groupBy?: ReportGrouping };

export function reportCalls(send: Send, connection: Connection) {
  const get = <T>(name: string, query: ReportParams, options: CallOptions = {}) =>
    send<T>({ ...options, method: 'GET', path: `/reports/${name}`, query });
  return {
    /** Interactions over time, by buckets. */
    density: (params: DensityReportParams, options?: CallOptions) => get<DensityReport>('density', params, options),
    /** Time in state, by agents or teams. */
    presence: (params: PagedReportParams, options?: CallOptions) => get<PresenceReport>('presence', params, options),
    /** Occupancy, handling, waiting, interactions per hour; by agents or teams. */
    occupancy: (params: PagedReportParams, options?: CallOptions) => get<OccupancyReport>('occupancy', params, options),
    /** All rows of a report, as a CSV file. */
    exportCsv: async (
      name: 'density' | 'presence' | 'occupancy',
      params: ReportFileParams,
      { signal }: Pick<CallOptions, 'signal'> = {},
    ) => {
      const query = new URLSearchParams({ ...params, format: 'csv' });
      const response = await openFile(connection, `/reports/${name}?${query.toString()}`, { signal: signal ?? null });
      return response.body as ReadableStream<Uint8Array>;
    },
  };
}
