import { useTranslation } from 'react-i18next';
import type { DurationSummary, OccupancyReportRow } from '#client';
import { durationOf } from '../design/duration.js';
import { useDecimal, useNumber, usePercent } from '../design/format.js';
import { ReportCard } from './report-card.js';
import { type Column, ReportTable } from './report-table.js';
import { type ReportQuery, usePagedReport } from './use-reports.js';
import css from './reports.module.css';

/** How occupied everybody was, how long things took, and how long customers waited. */
export function OccupancyReport({ query }: { query: ReportQuery }) {
  const { t } = useTranslation();
  const [percent, decimal, number] = [usePercent(), useDecimal(), useNumber()];
  const { data, error, refetch, hasNextPage, fetchNextPage } = usePagedReport('occupancy', query);
  const rows = data?.pages.flatMap((page) => page.data) ?? [];
  const columns: Column<OccupancyReportRow>[] = [
    {
      label: t('reports.occupied'),
      help: t('reports.occupiedHelp'),
      figure: ({ occupancy }) => occupancy,
      cell: ({ occupancy }) => <Occupied share={occupancy} text={percent(occupancy)} />,
    },
    {
      label: t('reports.concurrency'),
      help: t('reports.concurrencyHelp'),
      figure: ({ concurrency }) => concurrency,
      cell: ({ concurrency }) => decimal(concurrency),
    },
    {
      label: t('reports.handled'),
      help: t('reports.handledHelp'),
      figure: ({ handled }) => handled.count,
      cell: ({ handled }) => number(handled.count),
    },
    {
      label: t('reports.handleTime'),
      help: t('reports.handleTimeHelp'),
      figure: ({ handled }) => handled.medianMs,
      cell: ({ handled }) => timesOf(handled),
    },
    {
      label: t('reports.waited'),
      help: t('reports.waitedHelp'),
      figure: ({ waited }) => waited.medianMs,
      cell: ({ waited }) => timesOf(waited),
    },
    { label: t('reports.inbound'), figure: ({ inbound }) => inbound, cell: ({ inbound }) => number(inbound) },
    { label: t('reports.outbound'), figure: ({ outbound }) => outbound, cell: ({ outbound }) => number(outbound) },
    {
      label: t('reports.perHour'),
      help: t('reports.perHourHelp'),
      figure: ({ interactionsPerAvailableHour }) => interactionsPerAvailableHour,
      cell: ({ interactionsPerAvailableHour }) => decimal(interactionsPerAvailableHour),
    },
  ];
  return (
    <ReportCard name="occupancy" query={query} reading={data ? null : { error, retry: () => void refetch() }}>
      {data && (
        <ReportTable
          label={t('reports.occupancy')}
          rows={rows}
          columns={columns}
          onMore={hasNextPage ? () => void fetchNextPage() : null}
        />
      )}
    </ReportCard>
  );
}

function Occupied({ share, text }: { share: number | null; text: string }) {
  return (
    <span className={css.occupied}>
      {share !== null && <meter min={0} max={1} value={share} aria-hidden="true" />}
      <span>{text}</span>
    </span>
  );
}

/** The median, and the average behind it. */
function timesOf({ medianMs, averageMs }: DurationSummary) {
  if (medianMs === null || averageMs === null) return '—';
  return (
    <>
      {durationOf(medianMs)} <span className="muted">∅ {durationOf(averageMs)}</span>
    </>
  );
}
