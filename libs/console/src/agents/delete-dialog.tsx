import { TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import type { AgentView } from '#client';
import { Dialog, FormFoot } from '../design/dialogs.js';
import { EffectView } from '../design/effect.js';
import { notify } from '../design/notify.js';
import { explain } from '../session/problem-text.js';
import { muster } from '../session/session.js';
import { useRefreshAgents } from './use-agents.js';

/** Deleting can't be undone: the e-mail has to be typed. */
export default function DeleteDialog({ agent, onClose }: { agent: AgentView; onClose: () => void }) {
  const { t } = useTranslation();
  const refresh = useRefreshAgents();
  const navigate = useNavigate();
  const [typed, setTyped] = useState('');
  const rehearsal = useQuery({
    queryKey: ['rehearse', agent.id, 'delete'],
    queryFn: async () => (await muster.agents.rehearse.delete(agent.id)).effect,
    gcTime: 0,
  });
  const remove = useMutation({
    mutationFn: () => muster.agents.delete(agent.id),
    onSuccess: async () => {
      onClose();
      notify(t('agents.deleted', { name: agent.name }));
      await navigate('/agents');
      await refresh();
    },
  });
  const error = rehearsal.error ?? remove.error;
  const isSure = typed.trim().toLowerCase() === agent.email.toLowerCase();
  return (
    <Dialog opened onClose={onClose} title={t('agents.deleteTitle', { name: agent.name })}>
      <form className="stack" onSubmit={(event) => (event.preventDefault(), isSure && remove.mutate())}>
        <p>{t('agents.deleteText')}</p>
        {rehearsal.data && <EffectView effect={rehearsal.data} />}
        <TextInput
          label={t('agents.deleteConfirm', { email: agent.email })}
          value={typed}
          autoComplete="off"
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        <FormFoot
          problem={error ? explain(error) : undefined}
          submit={t('agents.deleteDo')}
          isBusy={remove.isPending}
          isDangerous
          isDisabled={!isSure || Boolean(rehearsal.data?.refused)}
          onCancel={onClose}
        />
      </form>
    </Dialog>
  );
}
