import { PasswordInput, Select, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ChannelView } from '#client';
import { Dialog, FormFoot } from '../design/dialogs.js';
import { notify } from '../design/notify.js';
import { fieldErrors } from '../session/problem-text.js';
import { muster } from '../session/session.js';
import { useKnownTeams } from '../teams/use-known-teams.js';

export const CHANNELS = ['channels'] as const;

interface Draft {
  name: string;
  phoneNumberId: string;
  teamId: string | null;
  token: string;
  apiBaseUrl: string;
}

function draftOf(channel: ChannelView | null): Draft {
  const { name = '', phoneNumberId = '', team = null, apiBaseUrl = '' } = channel ?? {};
  return { name, phoneNumberId, teamId: team?.id ?? null, token: '', apiBaseUrl };
}

/** Creates or changes a number. A token that isn't entered stays as it is. */
function save(channel: ChannelView | null, { name, phoneNumberId, teamId, token, apiBaseUrl }: Draft) {
  const request = {
    name: name.trim(),
    teamId,
    ...(token && { token }),
    ...(apiBaseUrl.trim() && { apiBaseUrl: apiBaseUrl.trim() }),
  };
  if (channel) return muster.channels.update(channel.id, request);
  return muster.channels.create({ ...request, phoneNumberId: phoneNumberId.trim() });
}

export function ChannelDialog({ channel, onClose }: { channel: ChannelView | null; onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const teams = useKnownTeams();
  const [draft, setDraft] = useState<Draft>(() => draftOf(channel));
  const [isAsked, setAsked] = useState(false);
  const change = (part: Partial<Draft>): void => setDraft((now) => ({ ...now, ...part }));
  const saving = useMutation({
    mutationFn: () => save(channel, draft),
    onSuccess: async ({ name }) => {
      await client.invalidateQueries({ queryKey: CHANNELS });
      notify(t('channels.saved', { name }));
      onClose();
    },
  });
  const errors = saving.error ? fieldErrors(saving.error) : {};
  const hasName = draft.name.trim() !== '';
  const hasId = /^\d{1,30}$/.test(draft.phoneNumberId.trim());
  const submit = (): void => {
    setAsked(true);
    if (hasName && hasId) saving.mutate();
  };
  return (
    <Dialog
      opened
      onClose={onClose}
      title={channel ? t('channels.edit', { name: channel.name }) : t('channels.create')}
    >
      <form className="stack" noValidate onSubmit={(event) => (event.preventDefault(), submit())}>
        <TextInput
          label={t('channels.name')}
          value={draft.name}
          maxLength={100}
          data-autofocus
          required
          error={isAsked && !hasName ? t('channels.nameMissing') : errors['name']}
          onChange={(event) => change({ name: event.currentTarget.value })}
        />
        <TextInput
          label={t('channels.phoneNumberId')}
          description={t('channels.phoneNumberIdHelp')}
          value={draft.phoneNumberId}
          inputMode="numeric"
          disabled={channel !== null}
          required
          error={isAsked && !hasId ? t('channels.phoneNumberIdMissing') : errors['phoneNumberId']}
          onChange={(event) => change({ phoneNumberId: event.currentTarget.value })}
        />
        <Select
          label={t('channels.team')}
          placeholder={t('channels.noTeam')}
          value={draft.teamId}
          clearable
          data={teams.map(({ id, name }) => ({ value: id, label: name }))}
          error={errors['teamId']}
          onChange={(teamId) => change({ teamId })}
        />
        <PasswordInput
          label={t('channels.token')}
          description={t(channel?.hasToken ? 'channels.tokenKept' : 'channels.tokenHelp')}
          value={draft.token}
          autoComplete="off"
          maxLength={1_000}
          error={errors['token']}
          onChange={(event) => change({ token: event.currentTarget.value })}
        />
        <TextInput
          label={t('channels.apiBaseUrl')}
          description={t('channels.apiBaseUrlHelp')}
          value={draft.apiBaseUrl}
          maxLength={500}
          error={errors['apiBaseUrl']}
          onChange={(event) => change({ apiBaseUrl: event.currentTarget.value })}
        />
        <FormFoot problem={errors['']} submit={t('channels.save')} isBusy={saving.isPending} onCancel={onClose} />
      </form>
    </Dialog>
  );
}
