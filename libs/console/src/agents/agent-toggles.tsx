/** Switches in the list. What only gives happens at once, and is taken back if it is refused; what takes asks first. */
import { Switch } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { AgentView, UpdateAgentRequest } from '#client';
import { complain } from '../design/notify.js';
import { muster } from '../session/session.js';
import { useMe } from '../session/use-me.js';
import { patchAgent, useRefreshAgents } from './use-agents.js';
import css from './agents.module.css';

interface Props {
  agent: AgentView;
  disabled: boolean;
  /** Something would be taken away: show what, first. */
  onAsk: () => void;
}

export function ActiveToggle({ agent, disabled, onAsk }: Props) {
  const { t } = useTranslation();
  const set = useOptimistic(agent);
  const isOwn = useMe().agent.id === agent.id;
  const isActive = agent.status === 'active';
  return (
    <Named name={t('agents.columns.active')}>
      <Switch
        size="sm"
        checked={isActive}
        disabled={disabled || isOwn}
        aria-label={t('agents.activeOf', { name: agent.name })}
        title={isOwn ? t('agents.notOneself') : undefined}
        onChange={() => (isActive ? onAsk() : set.mutate({ status: 'active' }))}
      />
    </Named>
  );
}

export function HidePhoneToggle({ agent, disabled, onAsk }: Props) {
  const { t } = useTranslation();
  const set = useOptimistic(agent);
  const isOwn = useMe().agent.id === agent.id;
  return (
    <Named name={t('agents.columns.hidePhone')}>
      <Switch
        size="sm"
        checked={agent.hidePhone}
        disabled={disabled || isOwn}
        aria-label={t('agents.hidePhoneOf', { name: agent.name })}
        title={isOwn ? t('agents.notOneself') : undefined}
        onChange={() => (agent.hidePhone ? set.mutate({ hidePhone: false }) : onAsk())}
      />
    </Named>
  );
}

function Named({ name, children }: { name: string; children: ReactNode }) {
  return (
    <span className={css.toggle}>
      <span className={css.toggleName} aria-hidden="true">
        {name}
      </span>
      {children}
    </span>
  );
}

function useOptimistic(agent: AgentView) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const refresh = useRefreshAgents();
  return useMutation({
    mutationFn: (change: UpdateAgentRequest) => muster.agents.update(agent.id, change),
    onMutate: (change) => patchAgent(client, agent.id, (one) => ({ ...one, ...change })),
    onError: (error, _change, takeBack) => {
      takeBack?.();
      complain(t('agents.notChanged', { name: agent.name }), error);
    },
    onSettled: refresh,
  });
}
