import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { AgentView, RosterRow } from '#client';
import { useMoment } from '../design/format.js';
import { useMay } from '../session/use-me.js';
import css from './agent.module.css';

/** Identity, assignment, lifecycle, and how busy, now. */
export function AgentFacts({ agent, live }: { agent: AgentView; live: RosterRow | undefined }) {
  const { t } = useTranslation();
  const moment = useMoment();
  const mayReadTeams = useMay('teams.read', 'teams.manage');
  const { load, density, waiting } = live ?? agent;
  return (
    <aside className={`card ${css.facts}`}>
      <dl>
        <Fact label={t('agents.email')} value={agent.email} isLatin />
        <Fact label={t('agents.phone')} value={agent.phone} isLatin />
        <div>
          <dt>{t('agents.team')}</dt>
          <dd>{mayReadTeams ? <Link to={`/teams/${agent.team.id}`}>{agent.team.name}</Link> : agent.team.name}</dd>
        </div>
        <Fact label={t('agents.status')} value={t(`lifecycle.${agent.status}`)} />
        <Fact label={t('agents.hidePhone')} value={t(agent.hidePhone ? 'yes' : 'no')} />
      </dl>
      <dl>
        <Fact label={t('floor.load')} value={`${load.open}/${load.capacity}`} isLatin />
        <Fact label={t('floor.waiting')} value={String(waiting.count)} />
        {(['m1', 'm5', 'm15', 'h1'] as const).map((window) => (
          <Fact
            key={window}
            label={t('agent.messagesIn', { window: t(`window.${window}`) })}
            value={String(density[window])}
          />
        ))}
      </dl>
      <dl>
        <Fact label={t('agents.syncTitle')} value={`v${agent.sync.syncedVersion} / v${agent.sync.version}`} isLatin />
        <Fact label={t('agent.lastSeen')} value={moment(agent.lastSeenAt)} />
        <Fact label={t('agents.columns.created')} value={moment(agent.createdAt)} />
        <Fact label={t('agent.changed')} value={moment(agent.updatedAt)} />
      </dl>
      {agent.notes && (
        <div>
          <h2 className={css.notesTitle}>{t('agents.notes')}</h2>
          <p className={css.notes}>{agent.notes}</p>
        </div>
      )}
    </aside>
  );
}

function Fact({ label, value, isLatin = false }: { label: string; value: string; isLatin?: boolean }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>
        <span className={isLatin ? 'ltr' : undefined}>{value}</span>
      </dd>
    </div>
  );
}
