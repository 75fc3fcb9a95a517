import { Button } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Failure, Loading } from '../design/states.js';
import { explain } from '../session/problem-text.js';
import { type ReportQuery, useReportFile } from './use-reports.js';
import css from './reports.module.css';

interface Props {
  name: 'density' | 'presence' | 'occupancy';
  query: ReportQuery;
  /** Null: it has been read. */
  reading: { error: Error | null; retry: () => void } | null;
  children?: ReactNode;
}

/** One report: its name, its file, and what it says or why it can't. */
export function ReportCard({ name, query, reading, children }: Props) {
  const { t } = useTranslation();
  const file = useReportFile(name, query);
  const title = t(`reports.${name}`);
  return (
    <section className={`card ${css.card}`} aria-label={title} data-testid={`report-${name}`}>
      <header className={css.head}>
        <h2>{title}</h2>
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconDownload size={15} />}
          loading={file.isPending}
          aria-label={t('reports.csvOf', { name: title })}
          onClick={() => file.mutate()}
        >
          {t('reports.csv')}
        </Button>
      </header>
      {reading &&
        (reading.error ? (
          <Failure title={t('error.load')} detail={explain(reading.error)} onRetry={reading.retry} />
        ) : (
          <Loading />
        ))}
      {children}
    </section>
  );
}
