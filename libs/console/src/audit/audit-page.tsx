/** Who changed what, and when: searched, filtered, and each entry with what it changed and its place in the chain. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import type { AuditEntryView, AuditTargetKind } from '#client';
import { Changes } from '../design/changes.js';
import { useMoment } from '../design/format.js';
import { PageHead } from '../design/page.js';
import { SearchField } from '../design/search-field.js';
import { Empty, Failure, Loading } from '../design/states.js';
import { explain } from '../session/problem-text.js';
import { muster } from '../session/session.js';
import css from './audit.module.css';

const KINDS: readonly AuditTargetKind[] = [
  'agent',
  'team',
  'api_key',
  'session',
  'conversation',
  'contact',
  'channel',
  'workspace',
  'threshold',
  'webhook',
];

export default function AuditPage() {
  const { t } = useTranslation();
  const [address, setAddress] = useSearchParams();
  const q = address.get('q') ?? '';
  const kind = KINDS.find((one) => one === address.get('kind')) ?? null;
  const set = (name: string, value: string): void =>
    setAddress(
      (now) => {
        if (value) now.set(name, value);
        else now.delete(name);
        return now;
      },
      { replace: true },
    );
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: ['audit', q, kind],
    queryFn: ({ pageParam }) =>
      muster.audit.list({
        limit: 100,
        ...(q && { q }),
        ...(kind && { targetKind: kind }),
        ...(pageParam && { cursor: pageParam }),
      }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ page }) => page.next,
  });
  const entries = useMemo(() => data?.pages.flatMap((page) => page.data) ?? [], [data]);
  return (
    <>
      <PageHead title={t('nav.audit')} />
      <div className={css.filters}>
        <SearchField label={t('audit.find')} value={q} onChange={(value) => set('q', value)} afterMs={250} />
        <select
          className="plain-select"
          aria-label={t('audit.kind')}
          value={kind ?? ''}
          onChange={(event) => set('kind', event.currentTarget.value)}
        >
          <option value="">{t('audit.anyKind')}</option>
          {KINDS.map((one) => (
            <option key={one} value={one}>
              {t(`audit.kinds.${one}`)}
            </option>
          ))}
        </select>
      </div>
      {error && <Failure title={t('error.load')} detail={explain(error)} onRetry={() => void refetch()} />}
      {!data && !error && <Loading />}
      {data && entries.length === 0 && <Empty title={t('audit.none')} />}
      {entries.length > 0 && (
        <section className={`card ${css.list}`}>
          <p className="muted">{t('audit.chain')}</p>
          <ol>
            {entries.map((entry) => (
              <Entry key={entry.id} entry={entry} />
            ))}
          </ol>
          {hasNextPage && (
            <button
              type="button"
              className="text-button"
              disabled={isFetchingNextPage}
              onClick={() => void fetchNextPage()}
            >
              {t('older')}
            </button>
          )}
        </section>
      )}
    </>
  );
}

function Entry({ entry }: { entry: AuditEntryView }) {
  const { t } = useTranslation();
  const moment = useMoment();
  return (
    <li>
      <details>
        <summary>
          <span className="mono muted">#{entry.seq}</span>
          <b className="mono">{entry.action}</b>
          <span className="clip">
            {entry.target.name ?? t(`audit.kinds.${entry.target.kind}`)}
            <span className="muted"> · {entry.actor.name ?? t('audit.system')}</span>
          </span>
          <time className="muted" dateTime={entry.at}>
            {moment(entry.at)}
          </time>
        </summary>
        <div className={css.more}>
          <Changes before={entry.before} after={entry.after} />
          {entry.reason && <p>{t('audit.reason', { reason: entry.reason })}</p>}
          <p className="mono muted ltr">
            {entry.requestId && <>{t('audit.request', { id: entry.requestId })} · </>}sha256 {entry.hash}
          </p>
        </div>
      </details>
    </li>
  );
}
