import { Select, Switch, Textarea, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { TeamView } from '#client';
import type { AgentDraft } from './agent-draft.js';
import { PhoneField } from './phone-field.js';
import css from './panel.module.css';

interface Props {
  draft: AgentDraft;
  errors: Record<string, string>;
  teams: TeamView[];
  onChange: (part: Partial<AgentDraft>) => void;
  /** Nobody changes their own team, status or Hide Phone. */
  own: boolean;
}

/** The fields in the order of the onboarding: who, which team, what they may see, whether they begin now. */
export function AgentFields({ draft, errors, teams, onChange, own }: Props) {
  const { t } = useTranslation();
  return (
    <div className={css.fields}>
      <TextInput
        label={t('agents.name')}
        value={draft.name}
        error={errors['name']}
        required
        autoComplete="off"
        data-autofocus
        maxLength={100}
        onChange={(event) => onChange({ name: event.currentTarget.value })}
      />
      <TextInput
        label={t('agents.email')}
        description={t('agents.emailHelp')}
        type="email"
        value={draft.email}
        required
        autoComplete="off"
        error={errors['email']}
        onChange={(event) => onChange({ email: event.currentTarget.value })}
      />
      <PhoneField value={draft.phone} error={errors['phone']} onChange={(phone) => onChange({ phone })} />
      <Select
        label={t('agents.team')}
        description={t('agents.teamHelp')}
        placeholder={t('agents.teamChoose')}
        required
        searchable
        data={teams.map(({ id, name, status }) => ({
          value: id,
          label: status === 'active' ? name : `${name} (${t('lifecycle.inactive')})`,
        }))}
        value={draft.teamId || null}
        error={errors['teamId']}
        disabled={own}
        allowDeselect={false}
        comboboxProps={{ transitionProps: { duration: 0 } }}
        onChange={(teamId) => onChange({ teamId: teamId ?? '' })}
      />
      <Switch
        label={t('agents.hidePhone')}
        description={t('agents.hidePhoneHelp')}
        checked={draft.hidePhone}
        disabled={own}
        onChange={(event) => onChange({ hidePhone: event.currentTarget.checked })}
      />
      <Switch
        label={t('agents.activeLabel')}
        description={t('agents.activeHelp')}
        checked={draft.status === 'active'}
        disabled={own}
        onChange={(event) => onChange({ status: event.currentTarget.checked ? 'active' : 'inactive' })}
      />
      {own && <p className="muted">{t('agents.notOneself')}</p>}
      <TextInput
        label={t('agents.capacity')}
        description={t('agents.capacityHelp')}
        inputMode="numeric"
        value={draft.capacity}
        error={errors['capacity']}
        onChange={(event) => onChange({ capacity: event.currentTarget.value })}
      />
      <Textarea
        label={t('agents.notes')}
        description={t('agents.notesHelp')}
        rows={3}
        value={draft.notes}
        error={errors['notes']}
        maxLength={5_000}
        onChange={(event) => onChange({ notes: event.currentTarget.value })}
      />
    </div>
  );
}
