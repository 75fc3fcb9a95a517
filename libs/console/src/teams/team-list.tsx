import { useState, type DragEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { Id, TeamView } from '#client';
import { DRAGGED, MoveDialog } from './move-dialog.js';
import { isChanged } from './team-draft.js';
import { useDrafts } from './team-drafts.js';
import css from './teams.module.css';

/** The teams; an agent dragged onto one is moved there, after its effect was shown. */
export function TeamList({
  teams,
  chosen,
  mayManage,
}: {
  teams: TeamView[];
  chosen: Id | undefined;
  mayManage: boolean;
}) {
  const { t } = useTranslation();
  const drafts = useDrafts();
  const isBegun = ({ id }: TeamView): boolean => {
    const begun = drafts.get(id);
    return begun !== undefined && isChanged(begun);
  };
  const [over, setOver] = useState<string | null>(null);
  const [moving, setMoving] = useState<{ agentId: string; team: TeamView } | null>(null);
  const accept = (event: DragEvent, team: TeamView): void => {
    if (!mayManage || !event.dataTransfer.types.includes(DRAGGED)) return;
    event.preventDefault();
    setOver(team.id);
  };
  const drop = (event: DragEvent, team: TeamView): void => {
    event.preventDefault();
    setOver(null);
    setMoving({ agentId: event.dataTransfer.getData(DRAGGED), team });
  };
  return (
    <nav className={css.list} aria-label={t('nav.teams')}>
      <ul>
        {teams.map((team) => (
          <li
            key={team.id}
            data-over={over === team.id}
            onDragOver={(event) => accept(event, team)}
            onDragLeave={() => setOver(null)}
            onDrop={(event) => drop(event, team)}
          >
            <Link
              to={`/teams/${team.id}`}
              className={css.team}
              aria-current={team.id === chosen ? 'page' : undefined}
              data-status={team.status}
            >
              <span className={css.teamName}>
                <b className="clip">{team.name}</b>
                <span className="muted">
                  {t('teams.agents', { count: team.agents })}
                  {isBegun(team) && <em className={css.unsaved}> · {t('teams.unsaved')}</em>}
                </span>
              </span>
              <SyncBadge team={team} />
            </Link>
          </li>
        ))}
      </ul>
      {moving && <MoveDialog {...moving} onClose={() => setMoving(null)} />}
    </nav>
  );
}

/** `34/34 at v17` */
export function SyncBadge({ team: { sync } }: { team: TeamView }) {
  const { t } = useTranslation();
  const isDone = sync.synced >= sync.total;
  return (
    <span className={css.sync} data-done={isDone} title={t(isDone ? 'agents.synced' : 'agents.syncing')}>
      {sync.total > 0 && <progress value={sync.synced} max={sync.total} aria-label={t('teams.syncLabel')} />}
      <span className="ltr">{t('teams.sync', { synced: sync.synced, total: sync.total, version: sync.version })}</span>
    </span>
  );
}
