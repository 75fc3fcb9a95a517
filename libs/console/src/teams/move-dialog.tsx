import { Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { TeamView } from '#client';
import { useRefreshAgents } from '../agents/use-agents.js';
import { Dialog } from '../design/dialogs.js';
import { EffectView } from '../design/effect.js';
import { Loading } from '../design/states.js';
import { notify } from '../design/notify.js';
import { explain } from '../session/problem-text.js';
import { muster } from '../session/session.js';

/** What a dragged agent is carried as. */
export const DRAGGED = 'application/x-muster-agent';

/** Moving an agent: what they gain and lose, then the move. */
export function MoveDialog({ agentId, team, onClose }: { agentId: string; team: TeamView; onClose: () => void }) {
  const { t } = useTranslation();
  const refresh = useRefreshAgents();
  const rehearsal = useQuery({
    queryKey: ['rehearse', agentId, 'move', team.id],
    queryFn: async () => {
      const [agent, { effect }] = await Promise.all([
        muster.agents.get(agentId),
        muster.agents.rehearse.update(agentId, { teamId: team.id }),
      ]);
      return { agent, effect };
    },
    gcTime: 0,
    staleTime: Infinity,
  });
  const move = useMutation({
    mutationFn: () => muster.agents.update(agentId, { teamId: team.id }),
    onSuccess: async ({ name }) => {
      await refresh();
      notify(t('teams.moved', { name, team: team.name }));
      onClose();
    },
  });
  const error = rehearsal.error ?? move.error;
  const name = rehearsal.data?.agent.name ?? '…';
  return (
    <Dialog opened onClose={onClose} title={t('teams.moveTitle', { name, team: team.name })}>
      <div className="stack">
        {rehearsal.isPending && <Loading />}
        {rehearsal.data && <EffectView effect={rehearsal.data.effect} />}
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
            loading={move.isPending}
            disabled={!rehearsal.data || Boolean(rehearsal.data.effect.refused)}
            onClick={() => move.mutate()}
          >
            {t('teams.moveDo')}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
