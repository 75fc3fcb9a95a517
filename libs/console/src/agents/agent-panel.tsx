/** Creating an agent, or changing one: the profile, with what the team lets them do beside it. */
import { Button } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { AgentView, Invitation } from '#client';
import { SidePanel } from '../design/dialogs.js';
import { useTeams } from '../teams/use-teams.js';
import { AgentFields } from './agent-fields.js';
import { ConflictView } from './conflict-view.js';
import { FormEffect } from './form-effect.js';
import { InvitationView } from './invitation-view.js';
import { SyncNote } from './sync-note.js';
import { TeamRights } from './team-rights.js';
import { useAgentForm } from './use-agent-form.js';
import css from './panel.module.css';

export default function AgentPanel({ agent, onClose }: { agent: AgentView | null; onClose: () => void }) {
  const { t } = useTranslation();
  const [invited, setInvited] = useState<{ name: string; invitation: Invitation } | null>(null);
  const title = agent ? t('agents.edit', { name: agent.name }) : t('agents.create');
  return (
    <SidePanel opened onClose={onClose} title={title} size={860}>
      {invited ? (
        <InvitationView {...invited} onClose={onClose} />
      ) : (
        <AgentForm agent={agent} onClose={onClose} onInvited={setInvited} />
      )}
    </SidePanel>
  );
}

interface FormProps {
  agent: AgentView | null;
  onClose: () => void;
  onInvited: (invited: { name: string; invitation: Invitation }) => void;
}

function AgentForm({ agent, onClose, onInvited }: FormProps) {
  const { t } = useTranslation();
  const { data: teams = [] } = useTeams();
  const form = useAgentForm(agent, onClose, onInvited);
  const team = teams.find(({ id }) => id === form.draft.teamId);
  const label = agent ? t(form.isChanged ? 'agents.save' : 'agents.forceSync') : t('agents.createDo');
  return (
    <form className={css.form} noValidate onSubmit={(event) => (event.preventDefault(), form.submit())}>
      {form.conflict && <ConflictView {...form.conflict} teams={teams} draft={form.draft} onTake={form.take} />}
      <div className={css.columns}>
        <AgentFields draft={form.draft} errors={form.errors} teams={teams} onChange={form.change} own={form.isOwn} />
        <aside className={css.beside}>
          {agent && <FormEffect agent={agent} changes={form.changes} />}
          {team ? <TeamRights team={team} /> : <p className="muted">{t('agents.chooseTeam')}</p>}
          {agent && <SyncNote agent={agent} />}
        </aside>
      </div>
      {form.errors[''] && (
        <p role="alert" className="alert">
          {form.errors['']}
        </p>
      )}
      <div className={css.foot}>
        <Button variant="default" onClick={onClose}>
          {t('cancel')}
        </Button>
        <Button type="submit" loading={form.isBusy}>
          {label}
        </Button>
      </div>
    </form>
  );
}
