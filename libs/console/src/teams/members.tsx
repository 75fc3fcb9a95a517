import { Menu } from '@mantine/core';
import { IconArrowsExchange, IconGripVertical } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { AgentView, TeamView } from '#client';
import { AGENTS } from '../agents/use-agents.js';
import { IconButton } from '../design/icon-button.js';
import { Presence } from '../design/presence.js';
import { useRosterRow } from '../live/live-dashboard.js';
import { muster } from '../session/session.js';
import { useMay, useMe } from '../session/use-me.js';
import { DRAGGED, MoveDialog } from './move-dialog.js';
import css from './teams.module.css';

const MOST = 200;

/** Who is in the team; moved by dragging onto another team, or by the menu. */
export function Members({ team, teams, mayManage }: { team: TeamView; teams: TeamView[]; mayManage: boolean }) {
  const { t } = useTranslation();
  const mayRead = useMay('agents.read', 'agents.manage');
  const mayMove = useMay('agents.manage') && mayManage;
  const [moving, setMoving] = useState<{ agentId: string; team: TeamView } | null>(null);
  const { data } = useQuery({
    queryKey: [AGENTS, 'members', team.id],
    queryFn: () => muster.agents.list({ teamId: team.id, limit: MOST, sort: 'name' }),
    enabled: mayRead,
  });
  if (!mayRead || !data) return null;
  return (
    <section className={`card ${css.members}`} aria-label={t('teams.members')}>
      <div className={css.editorHead}>
        <h2>{t('teams.members')}</h2>
        <p className="muted">
          {data.page.hasMore
            ? t('teams.membersShown', { shown: MOST, total: team.agents })
            : t('teams.agents', { count: team.agents })}
        </p>
      </div>
      {data.data.length === 0 && <p className="muted">{t('teams.noMembers')}</p>}
      <ul>
        {data.data.map((agent) => (
          <Member
            key={agent.id}
            agent={agent}
            targets={mayMove ? teams.filter(({ id }) => id !== team.id) : []}
            onMove={(to) => setMoving({ agentId: agent.id, team: to })}
          />
        ))}
      </ul>
      {moving && <MoveDialog {...moving} onClose={() => setMoving(null)} />}
    </section>
  );
}

function Member({
  agent,
  targets,
  onMove,
}: {
  agent: AgentView;
  targets: TeamView[];
  onMove: (team: TeamView) => void;
}) {
  const { t } = useTranslation();
  const live = useRosterRow(agent.id);
  const isOwn = useMe().agent.id === agent.id;
  const isMovable = targets.length > 0 && !isOwn;
  return (
    <li
      className={css.member}
      draggable={isMovable}
      onDragStart={(event) => event.dataTransfer.setData(DRAGGED, agent.id)}
    >
      {isMovable && <IconGripVertical size={14} aria-hidden="true" />}
      <Presence state={(live ?? agent).presence.state} bare />
      <Link to={`/agents/${agent.id}`} className="clip">
        {agent.name}
      </Link>
      {agent.status === 'inactive' && <span className="muted">{t('lifecycle.inactive')}</span>}
      {isMovable && (
        <Menu>
          <Menu.Target>
            <IconButton label={t('teams.moveMember', { name: agent.name })}>
              <IconArrowsExchange size={15} />
            </IconButton>
          </Menu.Target>
          <Menu.Dropdown>
            {targets.map((team) => (
              <Menu.Item key={team.id} onClick={() => onMove(team)}>
                {team.name}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      )}
    </li>
  );
}
