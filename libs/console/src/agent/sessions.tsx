import { Button } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { Id, SessionView } from '#client';
import { useMoment } from '../design/format.js';
import { complain, notify } from '../design/notify.js';
import { Empty, Failure, Loading } from '../design/states.js';
import { explain } from '../session/problem-text.js';
import { muster } from '../session/session.js';
import css from './agent.module.css';

/** Where somebody is signed in; without `agentId`: oneself. Each can be ended, or all. */
export function Sessions({ agentId }: { agentId?: Id }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const of = agentId === undefined ? {} : { agentId };
  const key = ['sessions', agentId ?? 'own'];
  const { data, error, refetch } = useQuery({
    queryKey: key,
    queryFn: () => muster.sessions.list({ ...of, limit: 100 }),
  });
  const settled = {
    onError: (failure: unknown) => complain(t('error.failed'), failure),
    onSettled: () => client.invalidateQueries({ queryKey: key }),
  };
  const end = useMutation({
    mutationFn: (id: Id) => muster.sessions.end(id),
    onSuccess: () => notify(t('sessions.ended')),
    ...settled,
  });
  const endAll = useMutation({
    mutationFn: () => muster.sessions.endAll(of),
    onSuccess: ({ ended }) => notify(t('sessions.allEnded', { count: ended })),
    ...settled,
  });
  if (error) return <Failure title={t('error.load')} detail={explain(error)} onRetry={() => void refetch()} />;
  if (!data) return <Loading />;
  if (data.data.length === 0) return <Empty title={t('sessions.none')} />;
  const others = data.data.filter(({ current }) => !current);
  return (
    <>
      <ul className={css.sessions}>
        {data.data.map((session) => (
          <Session key={session.id} session={session} onEnd={() => end.mutate(session.id)} />
        ))}
      </ul>
      {others.length > 1 && (
        <Button size="xs" variant="default" loading={endAll.isPending} onClick={() => endAll.mutate()}>
          {t(agentId === undefined ? 'sessions.endOthers' : 'sessions.endAll')}
        </Button>
      )}
    </>
  );
}

function Session({ session, onEnd }: { session: SessionView; onEnd: () => void }) {
  const { t } = useTranslation();
  const moment = useMoment();
  return (
    <li>
      <div>
        <b className="clip">{session.client.userAgent ?? t('sessions.unknown')}</b>
        <span className="muted">
          <span className="ltr">{session.client.network ?? '—'}</span> ·{' '}
          {t('sessions.used', { at: moment(session.lastUsedAt) })}
        </span>
      </div>
      {session.current ? (
        <span className="muted">{t('sessions.this')}</span>
      ) : (
        <Button size="compact-xs" variant="default" onClick={onEnd}>
          {t('sessions.end')}
        </Button>
      )}
    </li>
  );
}
