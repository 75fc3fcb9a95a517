import { Button, Select } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import type { TeamView } from '#client';
import { useRefreshAgents } from '../agents/use-agents.js';
import { Dialog } from '../design/dialogs.js';
import { EffectView } from '../design/effect.js';
import { notify } from '../design/notify.js';
import { explain } from '../session/problem-text.js';
import { muster } from '../session/session.js';
import { forgetDraft } from './team-drafts.js';
import { TEAMS } from './use-teams.js';

/** A team with agents is deleted only by saying where they go: nobody is ever without a team. */
export function DeleteTeamDialog({ team, teams, onClose }: { team: TeamView; teams: TeamView[]; onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const refresh = useRefreshAgents();
  const navigate = useNavigate();
  const [moveTo, setMoveTo] = useState<string | null>(null);
  const isDecided = team.agents === 0 || moveTo !== null;
  const rehearsal = useQuery({
    queryKey: ['rehearse', 'team', team.id, 'delete', moveTo],
    queryFn: async () => (await muster.teams.rehearse.delete(team.id, moveTo ?? undefined)).effect,
    enabled: isDecided,
    gcTime: 0,
  });
  const remove = useMutation({
    mutationFn: () => muster.teams.delete(team.id, moveTo ?? undefined),
    onSuccess: async () => {
      forgetDraft(team.id);
      client.setQueryData<TeamView[]>(TEAMS, (all) => all?.filter(({ id }) => id !== team.id));
      notify(t('teams.deleted', { name: team.name }));
      onClose();
      await navigate('/teams');
      await refresh();
    },
  });
  const error = rehearsal.error ?? remove.error;
  return (
    <Dialog opened onClose={onClose} title={t('teams.deleteTitle', { name: team.name })}>
      <div className="stack">
        {team.agents > 0 && (
          <Select
            label={t('teams.moveTo', { count: team.agents })}
            value={moveTo}
            onChange={setMoveTo}
            placeholder={t('agents.teamChoose')}
            data={teams.filter(({ id }) => id !== team.id).map(({ id, name }) => ({ value: id, label: name }))}
          />
        )}
        {isDecided && rehearsal.data && <EffectView effect={rehearsal.data} />}
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
            color="red"
            data-danger
            loading={remove.isPending}
            disabled={!isDecided || !rehearsal.data || Boolean(rehearsal.data.refused)}
            onClick={() => remove.mutate()}
          >
            {t('teams.deleteDo')}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
