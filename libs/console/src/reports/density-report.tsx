import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { DensityBucket } from '#client';
import { useMoment, useNumber } from '../design/format.js';
import { TimeChart } from '../design/time-chart.js';
import { ReportCard } from './report-card.js';
import { type ReportQuery, useDensity } from './use-reports.js';
import css from './reports.module.css';

/** Messages from customers and answers, bucket by bucket. */
export function DensityReport({ query }: { query: ReportQuery }) {
  const { data, error, refetch } = useDensity(query);
  return (
    <ReportCard name="density" query={query} reading={data ? null : { error, retry: () => void refetch() }}>
      {data && <DensityChart buckets={data.data} />}
    </ReportCard>
  );
}

export function DensityChart({ buckets }: { buckets: DensityBucket[] }) {
  const { t } = useTranslation();
  const number = useNumber();
  const times = useMemo(() => buckets.map(({ at }) => at), [buckets]);
  const series = useMemo(
    () => [
      { label: t('reports.outbound'), color: '--chart-2', values: buckets.map(({ outbound }) => outbound) },
      { label: t('reports.inbound'), color: '--chart-1', values: buckets.map(({ inbound }) => inbound) },
    ],
    [buckets, t],
  );
  const total = buckets.reduce((sum, { inbound, outbound }) => sum + inbound + outbound, 0);
  return (
    <>
      <TimeChart label={t('reports.densityChart', { total: number(total) })} times={times} series={series} />
      <DensityTable buckets={buckets} />
    </>
  );
}

function DensityTable({ buckets }: { buckets: DensityBucket[] }) {
  const { t } = useTranslation();
  const moment = useMoment();
  const number = useNumber();
  const some = buckets.filter(({ inbound, outbound }) => inbound + outbound > 0);
  return (
    <details>
      <summary>{t('reports.asTable')}</summary>
      <div className={css.wide} tabIndex={0} role="group" aria-label={t('reports.asTable')}>
        <table className={css.table}>
          <thead>
            <tr>
              <th scope="col">{t('reports.from')}</th>
              <th scope="col" className="num">
                {t('reports.inbound')}
              </th>
              <th scope="col" className="num">
                {t('reports.outbound')}
              </th>
            </tr>
          </thead>
          <tbody>
            {some.map(({ at, inbound, outbound }) => (
              <tr key={at}>
                <th scope="row">{moment(at)}</th>
                <td className="num">{number(inbound)}</td>
                <td className="num">{number(outbound)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
