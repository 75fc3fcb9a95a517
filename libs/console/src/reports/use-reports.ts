import { useInfiniteQuery, useMutation, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { Id, OccupancyReport, PresenceReport, ReportGrouping } from '#client';
import { saveFile } from '../design/save-file.js';
import { complain } from '../design/notify.js';
import { muster } from '../session/session.js';
import type { ReportRange } from './report-range.js';

export interface ReportQuery extends ReportRange {
  teamId: Id | null;
  agentId?: Id;
  groupBy: ReportGrouping;
}

type PagedName = 'presence' | 'occupancy';
interface Paged {
  presence: PresenceReport;
  occupancy: OccupancyReport;
}

/** As many as the server gives at once: rows are sorted here, which is of use where they are all there. */
const PAGE = 200;

const scopeOf = ({ from, to, teamId, agentId }: ReportQuery) => ({
  from,
  to,
  ...(teamId && { teamId }),
  ...(agentId && { agentId }),
});

export function useDensity(query: ReportQuery) {
  return useQuery({
    queryKey: ['reports', 'density', scopeOf(query), query.interval],
    queryFn: ({ signal }) => muster.reports.density({ ...scopeOf(query), interval: query.interval }, { signal }),
    staleTime: Infinity,
  });
}

export function usePagedReport<Name extends PagedName>(name: Name, query: ReportQuery) {
  const params = { ...scopeOf(query), groupBy: query.groupBy, limit: PAGE };
  return useInfiniteQuery({
    queryKey: ['reports', name, params],
    queryFn: async ({ pageParam, signal }) =>
      (await muster.reports[name]({ ...params, ...(pageParam && { cursor: pageParam }) }, { signal })) as Paged[Name],
    initialPageParam: null as Id | null,
    getNextPageParam: ({ page }) => page.next,
    staleTime: Infinity,
  });
}

/** Saves all rows of a report as a file. */
export function useReportFile(name: 'density' | PagedName, query: ReportQuery) {
  const { t } = useTranslation();
  return useMutation({
    mutationFn: async () => {
      const how = name === 'density' ? { interval: query.interval } : { groupBy: query.groupBy };
      const stream = await muster.reports.exportCsv(name, { ...scopeOf(query), ...how });
      await saveFile(stream, `muster-${name}-${query.from.slice(0, 10)}.csv`);
    },
    onError: (error) => complain(t('error.failed'), error),
  });
}
