/** Who changed what, and when: searched, filtered, and each entry with what it changed and its place in the chain. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { Button } from '@mantine/core';
import { IconShieldCheck, IconX } from '@tabler/icons-react';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import type { AuditTargetKind } from '#client';
import { namesOf } from '../design/changes.js';
import { PageHead } from '../design/page.js';
import { SearchField } from '../design/search-field.js';
import { Empty, Failure, Loading } from '../design/states.js';
import { explain } from '../session/problem-text.js';
import { muster } from '../session/session.js';
import { AuditEntry } from './audit-entry.js';
import { AuditFile } from './audit-file.js';
import { AuditVerdict } from './audit-verdict.js';
import { useVerification } from './use-verification.js';
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
  const target = address.get('target') ?? '';
  const filters = { ...(q && { q }), ...(kind && { targetKind: kind }), ...(target && { targetId: target }) };
  const check = useVerification();
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: ['audit', q, kind, target],
    queryFn: ({ pageParam }) =>
      muster.audit.list({
        limit: 100,
        ...filters,
        ...(pageParam && { cursor: pageParam }),
      }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ page }) => page.next,
  });
  const entries = useMemo(() => data?.pages.flatMap((page) => page.data) ?? [], [data]);
  const names = useMemo(() => namesOf(entries.flatMap(({ actor, target }) => [actor, target])), [entries]);
  return (
    <>
      <PageHead title={t('nav.audit')}>
        <AuditFile filters={filters} />
        <Button leftSection={<IconShieldCheck size={16} />} loading={check.isPending} onClick={() => check.mutate()}>
          {t('audit.verify')}
        </Button>
      </PageHead>
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
        {target && (
          <Button variant="light" rightSection={<IconX size={14} />} onClick={() => set('target', '')}>
            {t('audit.onlyOne')} <span className={css.id}>{target.slice(-8)}</span>
          </Button>
        )}
      </div>
      <AuditVerdict check={check} />
      {error && <Failure title={t('error.load')} detail={explain(error)} onRetry={() => void refetch()} />}
      {!data && !error && <Loading />}
      {data && entries.length === 0 && <Empty title={t('audit.none')} />}
      {entries.length > 0 && (
        <section className={`card ${css.list}`}>
          <p className="muted">{t('audit.chain')}</p>
          <ol>
            {entries.map((entry) => (
              <AuditEntry key={entry.id} entry={entry} names={names} />
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
