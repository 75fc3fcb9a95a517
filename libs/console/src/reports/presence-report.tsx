import { useTranslation } from 'react-i18next';
import { PRESENCE_STATES, type PresenceReportRow, type PresenceTimes } from '#client';
import { durationOf } from '../design/duration.js';
import { usePercent } from '../design/format.js';
import { ReportCard } from './report-card.js';
import { type Column, ReportTable } from './report-table.js';
import { type ReportQuery, usePagedReport } from './use-reports.js';
import css from './reports.module.css';

/** How long everybody was available, busy, away and offline. */
export function PresenceReport({ query }: { query: ReportQuery }) {
  const { t } = useTranslation();
  const percent = usePercent();
  const { data, error, refetch, hasNextPage, fetchNextPage } = usePagedReport('presence', query);
  const rows = data?.pages.flatMap((page) => page.data) ?? [];
  const columns: Column<PresenceReportRow>[] = [
    {
      label: t('reports.present'),
      help: t('reports.presentHelp'),
      figure: ({ presentShare }) => presentShare,
      cell: ({ presentShare }) => percent(presentShare),
    },
    { label: t('reports.shares'), isText: true, cell: ({ timeMs }) => <Shares times={timeMs} /> },
    ...PRESENCE_STATES.map((state) => ({
      label: t(`presence.${state}`),
      figure: ({ timeMs }: PresenceReportRow) => timeMs[state],
      cell: ({ timeMs }: PresenceReportRow) => durationOf(timeMs[state]),
    })),
  ];
  return (
    <ReportCard name="presence" query={query} reading={data ? null : { error, retry: () => void refetch() }}>
      {data && (
        <ReportTable
          label={t('reports.presence')}
          rows={rows}
          columns={columns}
          onMore={hasNextPage ? () => void fetchNextPage() : null}
        />
      )}
    </ReportCard>
  );
}

/** The four states as parts of one bar. The numbers stand beside it. */
function Shares({ times }: { times: PresenceTimes }) {
  const total = PRESENCE_STATES.reduce((sum, state) => sum + times[state], 0);
  let from = 0;
  return (
    <svg className={css.bar} viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
      {PRESENCE_STATES.map((state) => {
        const width = total === 0 ? 0 : (times[state] / total) * 100;
        const x = from;
        from += width;
        return <rect key={state} data-state={state} x={x} width={width} height={8} />;
      })}
    </svg>
  );
}
