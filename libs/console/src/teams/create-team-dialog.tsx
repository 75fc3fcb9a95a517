import { Textarea, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { TeamView } from '#client';
import { Dialog, FormFoot } from '../design/dialogs.js';
import { fieldErrors } from '../session/problem-text.js';
import { muster } from '../session/session.js';
import { TEAMS } from './use-teams.js';

/** A new team begins with an empty blueprint, which is drawn next. */
export function CreateTeamDialog({ onClose, onCreated }: { onClose: () => void; onCreated: (team: TeamView) => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [name, setName] = useState('');
  const [description, setDescription] = useState('');
  const [isAsked, setAsked] = useState(false);
  const create = useMutation({
    mutationFn: () =>
      muster.teams.create({ name: name.trim(), description: description.trim() || null, permissions: [] }),
    onSuccess: async (team) => {
      await client.invalidateQueries({ queryKey: TEAMS });
      onCreated(team);
      onClose();
    },
  });
  const errors = create.error ? fieldErrors(create.error) : {};
  const missing = isAsked && !name.trim() ? t('teams.nameMissing') : undefined;
  const submit = (): void => {
    setAsked(true);
    if (name.trim()) create.mutate();
  };
  return (
    <Dialog opened onClose={onClose} title={t('teams.create')}>
      <form className="stack" noValidate onSubmit={(event) => (event.preventDefault(), submit())}>
        <TextInput
          label={t('teams.name')}
          value={name}
          error={missing ?? errors['name']}
          maxLength={100}
          data-autofocus
          required
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Textarea
          label={t('teams.description')}
          value={description}
          error={errors['description']}
          rows={2}
          onChange={(event) => setDescription(event.currentTarget.value)}
        />
        <p className="muted">{t('teams.createHelp')}</p>
        <FormFoot problem={errors['']} submit={t('teams.createDo')} isBusy={create.isPending} onCancel={onClose} />
      </form>
    </Dialog>
  );
}
