/** Everybody who works here, and everything that can be done to them. */
import { lazy, Suspense, useCallback, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import type { AgentView } from '#client';
import { PageHead } from '../design/page.js';
import { Failure, Loading } from '../design/states.js';
import { explain } from '../session/problem-text.js';
import { useMay } from '../session/use-me.js';
import { AgentFilters } from './agent-filters.js';
import { AgentsActions } from './agents-actions.js';
import { type AgentsQuery, readAgentsQuery, writeAgentsQuery } from './agents-query.js';
import { AgentsTable } from './agents-table.js';
import { BulkBar } from './bulk-bar.js';
import { NoAgents } from './no-agents.js';
import { useAgents } from './use-agents.js';
import css from './agents.module.css';

const AgentPanel = lazy(() => import('./agent-panel.js'));
const OffboardDialog = lazy(() => import('../offboard/offboard-dialog.js'));
const DeleteDialog = lazy(() => import('./delete-dialog.js'));
const HidePhoneDialog = lazy(() => import('./hide-phone-dialog.js'));
const ImportDialog = lazy(() => import('./import-dialog.js'));
const DiagnosisDialog = lazy(() => import('./diagnosis-dialog.js'));

/** What is open beside the list. */
export type AgentTask =
  | { kind: 'create' | 'import' }
  | { kind: 'diagnose'; email: string }
  | { kind: 'edit' | 'offboard' | 'delete' | 'hidePhone'; agent: AgentView };

export default function AgentsPage() {
  const { t } = useTranslation();
  const mayManage = useMay('agents.manage');
  const [address, setAddress] = useSearchParams();
  const query = useMemo(() => readAgentsQuery(address), [address]);
  const choose = useCallback(
    (change: Partial<AgentsQuery>) =>
      setAddress((now) => writeAgentsQuery({ ...readAgentsQuery(now), ...change }), { replace: true }),
    [setAddress],
  );
  const found = useAgents(query);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [task, setTask] = useState<AgentTask | null>(null);

  return (
    <div className={css.page}>
      <PageHead title={t('nav.agents')}>
        <AgentsActions query={query} onTask={setTask} />
      </PageHead>
      <AgentFilters query={query} choose={choose} />
      {found.error && (
        <Failure title={t('error.load')} detail={explain(found.error)} onRetry={() => void found.refetch()} />
      )}
      {found.isPending && !found.error && <Loading />}
      {found.data && found.agents.length === 0 && (
        <NoAgents query={query} onClear={() => setAddress(new URLSearchParams())} />
      )}
      {found.agents.length > 0 && (
        <AgentsTable
          agents={found.agents}
          query={query}
          choose={choose}
          selected={selected}
          onSelect={setSelected}
          onTask={setTask}
          mayManage={mayManage}
          hasMore={found.hasNextPage}
          isOld={found.isPlaceholderData}
          onMore={() => void (found.isFetchingNextPage || found.fetchNextPage())}
        />
      )}
      {selected.size > 0 && mayManage && <BulkBar ids={[...selected]} onDone={() => setSelected(new Set())} />}
      <Suspense fallback={null}>{task && <Task task={task} onTask={setTask} />}</Suspense>
    </div>
  );
}

function Task({ task, onTask }: { task: AgentTask; onTask: (task: AgentTask | null) => void }) {
  const close = (): void => onTask(null);
  switch (task.kind) {
    case 'create':
      return <AgentPanel agent={null} onClose={close} />;
    case 'edit':
      return <AgentPanel agent={task.agent} onClose={close} />;
    case 'offboard':
      return <OffboardDialog agent={task.agent} onClose={close} />;
    case 'delete':
      return <DeleteDialog agent={task.agent} onClose={close} />;
    case 'hidePhone':
      return <HidePhoneDialog agent={task.agent} onClose={close} />;
    case 'import':
      return <ImportDialog onClose={close} />;
    case 'diagnose':
      return <DiagnosisDialog email={task.email} onClose={close} />;
  }
}
