/** Creating an agent, or changing one: the profile, with what the team lets them do beside it. */
import { Button } from '@mantine/core';
import { type ReactNode, useState } from 'react';
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
  const form = useAgentForm(agent, onClose, setInvited);
  const [isAsked, setAsked] = useState(false);
  const title = agent ? t('agents.edit', { name: agent.name }) : t('agents.create');
  // Escape and a click beside the panel happen by mistake: what was typed isn't thrown away without asking.
  const leave = (): void => {
    if (form.isBusy) return;
    if (form.isChanged && !invited) setAsked(!isAsked);
    else onClose();
  };
  return (
    // The invitation's link is shown this once: a click beside it must not take it away.
    <SidePanel opened onClose={leave} title={title} size={860} closeOnClickOutside={!invited}>
      {invited ? (
        <InvitationView {...invited} onClose={onClose} />
      ) : (
        <AgentForm agent={agent} form={form}>
          {isAsked ? (
            <Leaving onStay={() => setAsked(false)} onLeave={onClose} />
          ) : (
            <Foot agent={agent} form={form} onClose={onClose} />
          )}
        </AgentForm>
      )}
    </SidePanel>
  );
}

type Form = ReturnType<typeof useAgentForm>;

function AgentForm({ agent, form, children }: { agent: AgentView | null; form: Form; children: ReactNode }) {
  const { t } = useTranslation();
  const { data: teams = [] } = useTeams();
  const team = teams.find(({ id }) => id === form.draft.teamId);
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
      {children}
    </form>
  );
}

function Foot({ agent, form, onClose }: { agent: AgentView | null; form: Form; onClose: () => void }) {
  const { t } = useTranslation();
  const label = agent ? t(form.isChanged ? 'agents.save' : 'agents.forceSync') : t('agents.createDo');
  return (
    <div className={css.foot}>
      <Button variant="default" onClick={onClose}>
        {t('cancel')}
      </Button>
      <Button type="submit" loading={form.isBusy}>
        {label}
      </Button>
    </div>
  );
}

function Leaving({ onStay, onLeave }: { onStay: () => void; onLeave: () => void }) {
  const { t } = useTranslation();
  return (
    <div className={css.foot} role="alertdialog" aria-label={t('agents.leave')}>
      <b className={css.question}>{t('agents.leave')}</b>
      <Button variant="default" autoFocus onClick={onStay}>
        {t('agents.leaveNot')}
      </Button>
      <Button color="red" data-danger onClick={onLeave}>
        {t('agents.leaveDo')}
      </Button>
    </div>
  );
}
