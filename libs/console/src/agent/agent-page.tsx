/** One agent, closer: who they are, what happened to them, where they are signed in, and what they may do. */
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useParams, useSearchParams } from 'react-router';
import { type AgentView, MusterProblem } from '#client';
import { later, laterDialog } from '../app/later.js';
import { NotFound } from '../app/plain-pages.js';
import { PageHead } from '../design/page.js';
import { OldNote } from '../design/old-note.js';
import { Presence } from '../design/presence.js';
import { Failure, Loading } from '../design/states.js';
import { useChosenInSight } from '../design/use-in-sight.js';
import { ConnectionNote } from '../live/connection-note.js';
import { useRosterRow } from '../live/live-dashboard.js';
import { explain } from '../session/problem-text.js';
import { muster } from '../session/session.js';
import { useMay } from '../session/use-me.js';
import { AGENTS } from '../agents/use-agents.js';
import { AgentFacts } from './agent-facts.js';
import { AgentPermissions } from './agent-permissions.js';
import { Receipts } from './receipts.js';
import { Sessions } from './sessions.js';
import { TimelineList } from './timeline-list.js';
import css from './agent.module.css';

const History = later(() => import('./history.js'));
const AgentPanel = laterDialog(() => import('../agents/agent-panel.js'));
const OffboardDialog = laterDialog(() => import('../offboard/offboard-dialog.js'));

const TABS = ['timeline', 'history', 'permissions', 'sessions', 'receipts'] as const;

export default function AgentPage() {
  const { t } = useTranslation();
  const { id = '' } = useParams();
  const {
    data: agent,
    error,
    dataUpdatedAt,
    refetch,
  } = useQuery({
    queryKey: [AGENTS, 'one', id],
    queryFn: ({ signal }) => muster.agents.get(id, { signal }),
    refetchInterval: 15_000,
  });
  if (error instanceof MusterProblem && error.code === 'not_found') return <NotFound />;
  if (agent) {
    return (
      <>
        <Agent agent={agent} />
        {error && <OldNote at={dataUpdatedAt} error={error} onRetry={() => void refetch()} />}
      </>
    );
  }
  if (error) return <Failure title={t('error.load')} detail={explain(error)} onRetry={() => void refetch()} />;
  return <Loading />;
}

function Agent({ agent }: { agent: AgentView }) {
  const { t } = useTranslation();
  const mayManage = useMay('agents.manage');
  const live = useRosterRow(agent.id);
  const [task, setTask] = useState<'edit' | 'offboard' | null>(null);
  const close = (): void => setTask(null);
  return (
    <>
      <PageHead
        title={agent.name}
        note={
          <>
            <Presence state={(live ?? agent).presence.state} />
            <ConnectionNote />
          </>
        }
      >
        {mayManage && agent.status === 'active' && (
          <Button size="xs" variant="default" onClick={() => setTask('offboard')}>
            {t('agent.offboard')}
          </Button>
        )}
        {mayManage && (
          <Button size="xs" onClick={() => setTask('edit')}>
            {t('agent.edit')}
          </Button>
        )}
      </PageHead>
      <div className={css.columns}>
        <AgentFacts agent={agent} live={live} />
        <Tabs agent={agent} />
      </div>
      <Suspense fallback={null}>
        {task === 'edit' && <AgentPanel agent={agent} onClose={close} />}
        {task === 'offboard' && <OffboardDialog agent={agent} onClose={close} />}
      </Suspense>
    </>
  );
}

function Tabs({ agent }: { agent: AgentView }) {
  const { t } = useTranslation();
  const mayManage = useMay('agents.manage');
  const [address, setAddress] = useSearchParams();
  const tabs = TABS.filter((tab) => tab !== 'sessions' || mayManage);
  const chosen = tabs.find((tab) => tab === address.get('tab')) ?? 'timeline';
  const row = useChosenInSight<HTMLElement>(chosen);
  return (
    <section className={`card ${css.main}`}>
      <nav ref={row} className={css.tabs} aria-label={t('agent.parts')}>
        {tabs.map((tab) => (
          <button
            key={tab}
            type="button"
            aria-current={tab === chosen ? 'page' : undefined}
            onClick={() => setAddress(tab === 'timeline' ? {} : { tab }, { replace: true })}
          >
            {t(`agent.tabs.${tab}`)}
          </button>
        ))}
      </nav>
      {chosen === 'timeline' && <TimelineList agent={agent} />}
      {chosen === 'history' && (
        <Suspense fallback={<Loading />}>
          <History agentId={agent.id} />
        </Suspense>
      )}
      {chosen === 'permissions' && <AgentPermissions agentId={agent.id} />}
      {chosen === 'sessions' && <Sessions agentId={agent.id} />}
      {chosen === 'receipts' && <Receipts agentId={agent.id} />}
    </section>
  );
}
