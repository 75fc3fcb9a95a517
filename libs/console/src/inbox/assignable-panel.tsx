/** Who can take the next conversation, live, the least loaded first; and who can't, with why. */
import { IconX } from '@tabler/icons-react';
import { useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type AssignableAgent, type Id, type InboxConnection, leastLoadedFirst, type LiveAssignable } from '#client';
import { IconButton } from '../design/icon-button.js';
import { Empty, Loading } from '../design/states.js';
import { Freshness } from '../live/freshness.js';
import { useSampled } from '../live/use-sampled.js';
import { useMe } from '../session/use-me.js';
import { rightsOn } from './conversation-rights.js';
import { LeftOutList } from './left-out-list.js';
import { useAct, useRefusalText } from './use-act.js';
import { useConversation } from './use-conversations.js';
import { useKnownTeams } from '../teams/use-known-teams.js';
import css from './assignable.module.css';

interface Props {
  connection: InboxConnection | null;
  conversationId: Id | undefined;
  onClose: () => void;
}

const EVERY_MS = 500;
/** More than these nobody looks through: who is meant is found by name. */
const MOST = 60;

export function AssignablePanel({ connection, conversationId, onClose }: Props) {
  const { t } = useTranslation();
  const teams = useKnownTeams();
  const [teamId, setTeamId] = useState<Id | null>(null);
  const sample = useSampled(useAssignable(connection, teamId), EVERY_MS);
  const agents = useMemo(() => (sample.view ? leastLoadedFirst(sample.view) : []), [sample.view]);
  return (
    <aside className={`card ${css.panel}`} aria-label={t('inbox.assignable')}>
      <header className={css.head}>
        <div className={css.title}>
          <h2>{t('inbox.assignable')}</h2>
          <IconButton label={t('close')} className={css.close ?? ''} onClick={onClose}>
            <IconX size={16} />
          </IconButton>
        </div>
        <Freshness sample={sample} />
        <select
          className="plain-select"
          aria-label={t('floor.team')}
          value={teamId ?? ''}
          onChange={(event) => setTeamId(event.currentTarget.value || null)}
        >
          <option value="">{t('floor.allTeams')}</option>
          {teams.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
      </header>
      <div className={css.scroll} tabIndex={0} role="group" aria-label={t('inbox.assignable')}>
        {!sample.view && <Loading />}
        {sample.view && agents.length === 0 && <Empty title={t('inbox.nobodyAssignable')} />}
        {conversationId ? (
          <Assigning key={conversationId} id={conversationId} agents={agents} />
        ) : (
          <Agents agents={agents} />
        )}
        {sample.view && <LeftOutList excluded={sample.view.excluded} />}
      </div>
    </aside>
  );
}

/** The live list of a team, or of all; subscribed while the panel shows it. */
function useAssignable(connection: InboxConnection | null, teamId: Id | null): LiveAssignable | null {
  const [live, setLive] = useState<LiveAssignable | null>(null);
  useEffect(() => {
    if (!connection) return;
    const opened = connection.assignable(teamId ?? undefined);
    setLive(opened);
    return () => {
      setLive(null);
      opened.close();
    };
  }, [connection, teamId]);
  return live;
}

/** The list with a button for each, where the open conversation may be given to somebody. */
function Assigning({ id, agents }: { id: Id; agents: AssignableAgent[] }) {
  const { t } = useTranslation();
  const me = useMe();
  const { data: conversation } = useConversation(id);
  const act = useAct(id);
  const refusal = useRefusalText();
  const mayAssign = conversation
    ? rightsOn(conversation, { id: me.agent.id, permissions: me.permissions }, Date.now()).assign
    : false;
  return (
    <>
      {act.error && act.variables?.kind === 'assign' && (
        <p role="alert" className="alert">
          {refusal(act.error)}
        </p>
      )}
      <Agents
        agents={agents}
        {...(mayAssign && {
          assign: (agent: AssignableAgent) => (
            <button
              type="button"
              className="text-button"
              aria-label={t('inbox.assignName', { name: agent.name })}
              disabled={act.isPending || agent.agentId === conversation?.assignee?.id}
              onClick={() => act.mutate({ kind: 'assign', agentId: agent.agentId })}
            >
              {t('inbox.assign')}
            </button>
          ),
        })}
      />
    </>
  );
}

function Agents({
  agents,
  assign,
}: {
  agents: AssignableAgent[];
  assign?: (agent: AssignableAgent) => React.ReactNode;
}) {
  const { t } = useTranslation();
  const teams = useKnownTeams();
  const [q, setQ] = useState('');
  const found = q ? agents.filter(({ name }) => name.toLowerCase().includes(q.toLowerCase())) : agents;
  return (
    <>
      {agents.length > 8 && (
        <input
          type="search"
          className={css.search}
          aria-label={t('inbox.findAgent')}
          placeholder={t('inbox.findAgent')}
          value={q}
          onChange={(event) => setQ(event.currentTarget.value)}
        />
      )}
      <ol className={css.agents} data-testid="assignable">
        {found.slice(0, MOST).map((agent) => (
          <li key={agent.agentId}>
            <div className={css.agent}>
              <b className="clip" dir="auto">
                {agent.name}
              </b>
              <span className="muted clip">{teams.find(({ id }) => id === agent.teamId)?.name}</span>
            </div>
            <span className={css.load} title={t('floor.load')}>
              <meter min={0} max={Math.max(1, agent.load.capacity)} value={agent.load.open} aria-hidden="true" />
              <span className="ltr">
                {agent.load.open}/{agent.load.capacity}
              </span>
            </span>
            {assign?.(agent)}
          </li>
        ))}
      </ol>
      {found.length > MOST && <p className="muted">{t('inbox.moreAgents', { count: found.length - MOST })}</p>}
    </>
  );
}
