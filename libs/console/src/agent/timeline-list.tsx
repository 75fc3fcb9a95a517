import { IconActivity, IconArrowsExchange, IconHistory, IconRefresh, IconShieldOff } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { AgentView, TimelineEntry } from '#client';
import { useActionText } from '../audit/use-action-text.js';
import { Changes, type Names, namesOf } from '../design/changes.js';
import { useMoment } from '../design/format.js';
import { Empty, Failure, Loading } from '../design/states.js';
import { msOf } from '../offboard/receipt-lines.js';
import { useCauseText } from '../offboard/use-cause-text.js';
import { explain } from '../session/problem-text.js';
import { muster } from '../session/session.js';
import css from './agent.module.css';

const ICONS = {
  audit: IconHistory,
  presence: IconActivity,
  assignment: IconArrowsExchange,
  sync: IconRefresh,
  receipt: IconShieldOff,
} satisfies Record<TimelineEntry['kind'], unknown>;

/** Everything that happened to the agent, the newest first. */
export function TimelineList({ agent: { id: agentId, name } }: { agent: AgentView }) {
  const { t } = useTranslation();
  const { data, error, hasNextPage, fetchNextPage, isFetchingNextPage, refetch } = useInfiniteQuery({
    queryKey: ['timeline', agentId],
    queryFn: ({ pageParam }) => muster.agents.timeline(agentId, { limit: 50, ...(pageParam && { cursor: pageParam }) }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ page }) => page.next,
  });
  if (error) return <Failure title={t('error.load')} detail={explain(error)} onRetry={() => void refetch()} />;
  if (!data) return <Loading />;
  const entries = data.pages.flatMap((page) => page.data);
  const names = namesOf([...entries.flatMap(peopleIn), { id: agentId, name }]);
  if (entries.length === 0) return <Empty title={t('agent.nothing')} />;
  return (
    <>
      <ol className={css.timeline}>
        {entries.map((entry) => (
          <Entry key={`${entry.kind}${entry.id}`} entry={entry} names={names} />
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
    </>
  );
}

/** Whom an entry calls by name. */
function peopleIn(entry: TimelineEntry) {
  if (entry.kind === 'assignment') return [entry.actor, entry.from, entry.to];
  return entry.kind === 'audit' ? [entry.actor] : [];
}

function Entry({ entry, names }: { entry: TimelineEntry; names: Names }) {
  const moment = useMoment();
  const Icon = ICONS[entry.kind];
  return (
    <li data-kind={entry.kind}>
      <Icon size={16} stroke={1.7} aria-hidden="true" />
      <div>
        <Words entry={entry} names={names} />
      </div>
      <time className="muted" dateTime={entry.at}>
        {moment(entry.at)}
      </time>
    </li>
  );
}

function Words({ entry, names }: { entry: TimelineEntry; names: Names }) {
  const { t } = useTranslation();
  const action = useActionText();
  const cause = useCauseText();
  switch (entry.kind) {
    case 'audit':
      return (
        <>
          <b>{action(entry.action)}</b> <span className="muted">{entry.actor.name ?? t('audit.system')}</span>
          <Changes before={entry.before} after={entry.after} names={names} />
        </>
      );
    case 'presence':
      return (
        <>
          <b>{t(`presence.${entry.state}`)}</b>{' '}
          <span className="muted">
            {t([`agent.causes.${entry.cause}` as 'agent.causes.lost', 'agent.causes.other'], { cause: entry.cause })}
          </span>
        </>
      );
    case 'assignment':
      return (
        <>
          <b>{action(entry.action)}</b>{' '}
          <span className="muted">
            <bdi>{entry.from?.name ?? '—'}</bdi> <i className={css.becomes}>→</i> <bdi>{entry.to?.name ?? '—'}</bdi>
          </span>
        </>
      );
    case 'sync':
      return <>{t('agent.synced', { version: entry.version })}</>;
    case 'receipt':
      return (
        <>
          <b>{cause(entry.receipt.cause)}</b>{' '}
          <span className="muted">
            {t(entry.receipt.enforcement === 'complete' ? 'receipt.complete' : 'receipt.pending')} ·{' '}
            <span className="ltr">{msOf(entry.receipt.elapsedMs)} ms</span>
          </span>
        </>
      );
  }
}
