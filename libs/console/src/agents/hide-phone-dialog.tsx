import { Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { AgentView } from '#client';
import { Dialog } from '../design/dialogs.js';
import { EffectView } from '../design/effect.js';
import { notify } from '../design/notify.js';
import { explain } from '../session/problem-text.js';
import { muster } from '../session/session.js';
import { useRefreshAgents } from './use-agents.js';

/** Hide Phone takes sight of numbers away: what that does is shown before it is done. */
export default function HidePhoneDialog({ agent, onClose }: { agent: AgentView; onClose: () => void }) {
  const { t } = useTranslation();
  const refresh = useRefreshAgents();
  const rehearsal = useQuery({
    queryKey: ['rehearse', agent.id, 'hidePhone'],
    queryFn: async () => (await muster.agents.rehearse.update(agent.id, { hidePhone: true })).effect,
    gcTime: 0,
  });
  const hide = useMutation({
    mutationFn: () => muster.agents.update(agent.id, { hidePhone: true }),
    onSuccess: async ({ receipt }) => {
      await refresh();
      notify(t('agents.phoneHiddenDone', { name: agent.name, ms: Math.round(receipt?.elapsedMs ?? 0) }));
      onClose();
    },
  });
  const error = rehearsal.error ?? hide.error;
  return (
    <Dialog opened onClose={onClose} title={t('agents.hideTitle', { name: agent.name })}>
      <div className="stack">
        <p>{t('agents.hideText')}</p>
        {rehearsal.data && <EffectView effect={rehearsal.data} />}
        {error && (
          <p role="alert" className="alert">
            {explain(error)}
          </p>
        )}
        <div className="buttons">
          <Button variant="default" onClick={onClose}>
            {t('cancel')}
          </Button>
          <Button
            loading={hide.isPending}
            disabled={!rehearsal.data || Boolean(rehearsal.data.refused)}
            onClick={() => hide.mutate()}
          >
            {t('agents.hideDo')}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
