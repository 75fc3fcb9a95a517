/** Taking all access away: one question with what it does, then the proof as it comes in. */
import { Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { AgentView } from '#client';
import { Dialog } from '../design/dialogs.js';
import { EffectView } from '../design/effect.js';
import { Loading } from '../design/states.js';
import { explain } from '../session/problem-text.js';
import { muster } from '../session/session.js';
import { useRefreshAgents } from '../agents/use-agents.js';
import { ReceiptChecklist } from './receipt-checklist.js';
import { useReceipt } from './use-receipt.js';

export default function OffboardDialog({ agent, onClose }: { agent: AgentView; onClose: () => void }) {
  const { t } = useTranslation();
  const refresh = useRefreshAgents();
  const rehearsal = useQuery({
    queryKey: ['rehearse', agent.id, 'offboard'],
    queryFn: async () => (await muster.agents.rehearse.update(agent.id, { status: 'inactive' })).effect,
    gcTime: 0,
    staleTime: Infinity,
  });
  const offboard = useMutation({
    mutationFn: () => muster.agents.update(agent.id, { status: 'inactive' }),
    onSettled: refresh,
  });
  const receipt = useReceipt(agent.id, offboard.data?.receipt ?? null);
  const error = rehearsal.error ?? offboard.error;
  const isUnderWay = offboard.isPending || receipt !== null;
  const title = t(receipt ? 'offboard.done' : 'offboard.title', { name: agent.name });
  return (
    <Dialog opened onClose={onClose} title={title} size="lg" closeOnClickOutside={!offboard.isPending}>
      <div className="stack" data-testid="offboard">
        {!isUnderWay && <p>{t('offboard.text', { name: agent.name })}</p>}
        {!isUnderWay && rehearsal.isPending && <Loading />}
        {!isUnderWay && rehearsal.data && <EffectView effect={rehearsal.data} />}
        {isUnderWay && <ReceiptChecklist receipt={receipt} />}
        {offboard.isSuccess && !receipt && <p>{t('offboard.already', { name: agent.name })}</p>}
        {error && (
          <p role="alert" className="alert">
            {explain(error)}
          </p>
        )}
        <div className="buttons">
          <Button variant="default" onClick={onClose} disabled={offboard.isPending}>
            {t(receipt ? 'close' : 'cancel')}
          </Button>
          {!isUnderWay && (
            <Button
              color="red"
              data-danger
              disabled={!rehearsal.data || Boolean(rehearsal.data.refused)}
              onClick={() => offboard.mutate()}
            >
              {t('offboard.do')}
            </Button>
          )}
        </div>
      </div>
    </Dialog>
  );
}
