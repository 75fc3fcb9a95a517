import { Menu } from '@mantine/core';
import { IconDots, IconPencil } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { AgentView } from '#client';
import { IconButton } from '../design/icon-button.js';
import { useDay } from '../design/format.js';
import { initialsOf } from '../design/initials.js';
import { Presence } from '../design/presence.js';
import { useRosterRow } from '../live/live-dashboard.js';
import type { AgentTask } from './agents-page.js';
import { useForceSync } from './use-force-sync.js';
import css from './agents.module.css';

export function CheckCell({
  name,
  checked,
  onChange,
}: {
  name: string;
  checked: boolean;
  onChange: (event: unknown) => void;
}) {
  const { t } = useTranslation();
  return <input type="checkbox" aria-label={t('agents.select', { name })} checked={checked} onChange={onChange} />;
}

export function AgentCell({ agent }: { agent: AgentView }) {
  return (
    <>
      <span className="avatar" aria-hidden="true">
        {initialsOf(agent.name)}
      </span>
      <span className={css.identity}>
        <Link to={`/agents/${agent.id}`} className="clip">
          {agent.name}
        </Link>
        <span className={`muted ${css.contact}`}>
          <span className="ltr clip" title={agent.email}>
            {agent.email}
          </span>
          <span className={`ltr ${css.phone}`}>{agent.phone}</span>
        </span>
      </span>
    </>
  );
}

export function TeamCell({ agent }: { agent: AgentView }) {
  return (
    <span className="clip" title={agent.team.name}>
      {agent.team.name}
    </span>
  );
}

export function PresenceCell({ agent }: { agent: AgentView }) {
  const live = useRosterRow(agent.id);
  return <Presence state={(live ?? agent).presence.state} />;
}

export function LoadCell({ agent }: { agent: AgentView }) {
  const { t } = useTranslation();
  const live = useRosterRow(agent.id);
  const { load, density } = live ?? agent;
  return (
    <span className={css.loadCell}>
      <span className="ltr" title={t('floor.load')}>
        {load.open}/{load.capacity}
      </span>
      <span className="muted" title={t('floor.columns.density')}>
        {t('agents.density', { count: density.m5 })}
      </span>
    </span>
  );
}

/** Whether what is derived from the agent's rights follows the blueprint. */
export function SyncCell({ agent: { sync } }: { agent: AgentView }) {
  const { t } = useTranslation();
  const isDone = sync.syncedVersion >= sync.version;
  return (
    <span className={css.syncState} data-done={isDone} title={t(isDone ? 'agents.synced' : 'agents.syncing')}>
      v{sync.syncedVersion}
      {!isDone && ` → v${sync.version}`}
    </span>
  );
}

export function CreatedCell({ agent }: { agent: AgentView }) {
  const day = useDay();
  return <span className="muted">{day(agent.createdAt)}</span>;
}

export function ActionsCell({ agent, onTask }: { agent: AgentView; onTask: (task: AgentTask) => void }) {
  const { t } = useTranslation();
  const sync = useForceSync();
  return (
    <>
      <IconButton label={t('agents.edit', { name: agent.name })} onClick={() => onTask({ kind: 'edit', agent })}>
        <IconPencil size={16} />
      </IconButton>
      <Menu width={250} position="bottom-end">
        <Menu.Target>
          <IconButton label={t('agents.more', { name: agent.name })}>
            <IconDots size={16} />
          </IconButton>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => sync.mutate(agent)}>{t('agents.forceSync')}</Menu.Item>
          <Menu.Item onClick={() => onTask({ kind: 'diagnose', email: agent.email })}>
            {t('agents.whyNoLogin')}
          </Menu.Item>
          {agent.status === 'active' && (
            <Menu.Item onClick={() => onTask({ kind: 'offboard', agent })}>
              {t('offboard.title', { name: agent.name })}
            </Menu.Item>
          )}
          <Menu.Item data-danger onClick={() => onTask({ kind: 'delete', agent })}>
            {t('agents.delete')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </>
  );
}
