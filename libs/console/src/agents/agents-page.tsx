/** Everybody who works here, and everything that can be done to them. */
import { Suspense, useCallback, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import type { AgentView } from '#client';
import { laterDialog } from '../app/later.js';
import { OldNote } from '../design/old-note.js';
import { PageHead } from '../design/page.js';
import { Failure, Loading } from '../design/states.js';
import { ConnectionNote } from '../live/connection-note.js';
import { explain } from '../session/problem-text.js';
import { useMay } from '../session/use-me.js';
import { AgentFilters } from './agent-filters.js';
import { AgentsActions } from './agents-actions.js';
import { type AgentsQuery, isFiltering, readAgentsQuery, writeAgentsQuery } from './agents-query.js';
import { AgentsTable } from './agents-table.js';
import { BulkBar } from './bulk-bar.js';
import { NoAgents } from './no-agents.js';
import { useAgents } from './use-agents.js';
import css from './agents.module.css';

const AgentPanel = laterDialog(() => import('./agent-panel.js'));
const OffboardDialog = laterDialog(() => import('../offboard/offboard-dialog.js'));
const DeleteDialog = laterDialog(() => import('./delete-dialog.js'));
const HidePhoneDialog = laterDialog(() => import('./hide-phone-dialog.js'));
const ImportDialog = laterDialog(() => import('./import-dialog.js'));
const DiagnosisDialog = laterDialog(() => import('./diagnosis-dialog.js'));

const NONE: ReadonlySet<string> = new Set();

/** What is open beside the list. */
export type AgentTask =
  | { kind: 'create' | 'import' }
  | { kind: 'diagnose'; email: string }
  | { kind: 'edit' | 'offboard' | 'delete' | 'hidePhone'; agent: AgentView };

export default function AgentsPage() {
  const { t } = useTranslation();
  const mayManage = useMay('agents.manage');
  const [address, setAddress] = useSearchParams();
  const [selected, setSelected] = useState(NONE);
  const query = useMemo(() => readAgentsQuery(address), [address]);
  const choose = useCallback(
    (change: Partial<AgentsQuery>) => {
      // What isn't in sight any more must not be changed with the rest.
      if (isFiltering(change)) setSelected(NONE);
      setAddress((now) => writeAgentsQuery({ ...readAgentsQuery(now), ...change }), { replace: true });
    },
    [setAddress],
  );
  const found = useAgents(query);
  const [task, setTask] = useState<AgentTask | null>(null);

  return (
    <div className={css.page}>
      <PageHead title={t('nav.agents')} note={<ConnectionNote />}>
        <AgentsActions query={query} onTask={setTask} />
      </PageHead>
      <AgentFilters query={query} choose={choose} />
      {found.error && !found.data && (
        <Failure title={t('error.load')} detail={explain(found.error)} onRetry={() => void found.refetch()} />
      )}
      {found.error && found.data && (
        <OldNote at={found.dataUpdatedAt} error={found.error} onRetry={() => void found.refetch()} />
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
      {selected.size > 0 && mayManage && <BulkBar ids={[...selected]} onDone={() => setSelected(NONE)} />}
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
