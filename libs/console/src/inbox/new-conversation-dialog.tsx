import { Select, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { isWholeNumber } from '../agents/phone-country.js';
import { PhoneField } from '../agents/phone-field.js';
import { Dialog, FormFoot } from '../design/dialogs.js';
import { fieldErrors } from '../session/problem-text.js';
import { muster } from '../session/session.js';
import { useKnownTeams } from '../teams/use-known-teams.js';
import { refreshLists } from './use-conversations.js';

const mutationKey = ['new-conversation'];

interface Draft {
  phone: string;
  name: string;
  teamId: string | null;
}

function create({ phone, name, teamId }: Draft) {
  return muster.conversations.create({ contact: { phone: phone.trim(), name: name.trim() || null }, teamId });
}

/** Opens a conversation with a customer one names by the number, and goes there. */
export default function NewConversationDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const navigate = useNavigate();
  const teams = useKnownTeams();
  const [draft, setDraft] = useState<Draft>({ phone: '', name: '', teamId: null });
  const [isAsked, setAsked] = useState(false);
  const change = (part: Partial<Draft>): void => setDraft((now) => ({ ...now, ...part }));
  const creating = useMutation({
    mutationKey,
    mutationFn: () => create(draft),
    onSuccess: ({ id }) => {
      void refreshLists(client);
      onClose();
      void navigate(`/inbox/${id}`);
    },
  });
  const errors = creating.error ? fieldErrors(creating.error, 'contact') : {};
  const isWhole = isWholeNumber(draft.phone);
  const submit = (): void => {
    setAsked(true);
    // The second click of a double click comes before the button is drawn as busy.
    if (isWhole && client.isMutating({ mutationKey }) === 0) creating.mutate();
  };
  return (
    <Dialog opened onClose={onClose} title={t('inbox.new')}>
      <form className="stack" noValidate onSubmit={(event) => (event.preventDefault(), submit())}>
        <PhoneField
          value={draft.phone}
          error={isAsked && !isWhole ? t('agents.issues.phoneInvalid') : errors['phone']}
          onChange={(phone) => change({ phone })}
        />
        <TextInput
          label={t('inbox.newName')}
          description={t('inbox.newNameHelp')}
          value={draft.name}
          maxLength={200}
          autoComplete="off"
          error={errors['name']}
          onChange={(event) => change({ name: event.currentTarget.value })}
        />
        <Select
          label={t('inbox.newTeam')}
          placeholder={t('inbox.newNoTeam')}
          value={draft.teamId}
          clearable
          data={teams.map(({ id, name }) => ({ value: id, label: name }))}
          error={errors['teamId']}
          comboboxProps={{ transitionProps: { duration: 0 } }}
          onChange={(teamId) => change({ teamId })}
        />
        <p className="muted">{t('inbox.newHelp')}</p>
        <FormFoot problem={errors['']} submit={t('inbox.newDo')} isBusy={creating.isPending} onCancel={onClose} />
      </form>
    </Dialog>
  );
}
