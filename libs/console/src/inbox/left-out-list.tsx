import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { type ExcludedAgent, everyPage, type Id } from '#client';
import { useRoster } from '../live/live-dashboard.js';
import { muster } from '../session/session.js';
import { useMay } from '../session/use-me.js';
import { byReason, type LeftOut } from './left-out.js';
import css from './assignable.module.css';

const MOST = 40;

/** Each reason that keeps agents out of the list, with how many; opened, with whom. */
export function LeftOutList({ excluded }: { excluded: ReadonlyMap<Id, ExcludedAgent> }) {
  const { t } = useTranslation();
  const mayKnow = useMay('agents.read', 'dashboard.view');
  const groups = useMemo(() => byReason(excluded.values()), [excluded]);
  if (!mayKnow) return <p className={`muted ${css.unknown}`}>{t('inbox.leftOutUnknown')}</p>;
  if (groups.length === 0) return null;
  return (
    <section className={css.leftOut} data-testid="left-out">
      <h3 className="label">{t('inbox.leftOut')}</h3>
      {groups.map((group) => (
        <Group key={group.reason} group={group} />
      ))}
    </section>
  );
}

function Group({ group: { reason, agentIds } }: { group: LeftOut }) {
  const { t } = useTranslation();
  const [isOpen, setOpen] = useState(false);
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <span>{t(`inbox.reasons.${reason}`)}</span>
        <span className="muted">{agentIds.length}</span>
      </summary>
      {isOpen && <Names agentIds={agentIds} />}
    </details>
  );
}

function Names({ agentIds }: { agentIds: readonly Id[] }) {
  const { t } = useTranslation();
  const nameOf = useNames();
  const mayOpen = useMay('agents.read', 'agents.manage');
  return (
    <ul>
      {agentIds.slice(0, MOST).map((id) => (
        <li key={id} className="clip" dir="auto">
          {mayOpen ? <Link to={`/agents/${id}`}>{nameOf(id)}</Link> : nameOf(id)}
        </li>
      ))}
      {agentIds.length > MOST && <li className="muted">{t('inbox.moreAgents', { count: agentIds.length - MOST })}</li>}
    </ul>
  );
}

/** Names of agents: of the roster for who may watch it, else of the list of agents. */
function useNames(): (id: Id) => string {
  const roster = useRoster();
  const mayWatch = useMay('dashboard.view');
  const { data } = useQuery({
    queryKey: ['agents', 'names'],
    queryFn: allNames,
    enabled: !mayWatch,
    staleTime: 60_000,
  });
  return (id) => roster?.current.view?.rows.get(id)?.name ?? data?.get(id) ?? '…';
}

async function allNames(): Promise<Map<Id, string>> {
  const names = new Map<Id, string>();
  for await (const { id, name } of everyPage((params) => muster.agents.list(params), { limit: 200 })) {
    names.set(id, name);
  }
  return names;
}
