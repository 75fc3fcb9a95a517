import { useTranslation } from 'react-i18next';
import { Empty, Failure, Loading } from '../design/states.js';
import { DensityChart } from '../reports/density-report.js';
import { type ReportQuery, useDensity } from '../reports/use-reports.js';
import { explain } from '../session/problem-text.js';

/** The agent's messages, bucket by bucket. */
export function DensityHistory({ query }: { query: ReportQuery }) {
  const { t } = useTranslation();
  const { data, error, refetch } = useDensity(query);
  if (error) return <Failure title={t('error.load')} detail={explain(error)} onRetry={() => void refetch()} />;
  if (!data) return <Loading />;
  if (data.data.every(({ inbound, outbound }) => inbound + outbound === 0)) {
    return <Empty title={t('agent.noMessages')} />;
  }
  return <DensityChart buckets={data.data} />;
}
