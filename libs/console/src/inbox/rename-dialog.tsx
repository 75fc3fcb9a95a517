import { TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ContactView } from '#client';
import { Dialog, FormFoot } from '../design/dialogs.js';
import { fieldErrors } from '../session/problem-text.js';
import { muster } from '../session/session.js';
import { refreshAll } from './use-conversations.js';

/** Names the customer. A name that wasn't changed isn't sent: as it is shown it may be masked. */
export default function RenameDialog({ contact, onClose }: { contact: ContactView; onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [before] = useState(contact.name ?? '');
  const [name, setName] = useState(before);
  const mutationKey = ['rename', contact.id];
  const rename = useMutation({
    mutationKey,
    mutationFn: () => muster.contacts.update(contact.id, { name: name.trim() || null }),
    onSuccess: async () => {
      await refreshAll(client);
      onClose();
    },
  });
  const errors = rename.error ? fieldErrors(rename.error) : {};
  const submit = (): void => {
    if (name.trim() === before) onClose();
    // The second click of a double click comes before the button is drawn as busy.
    else if (client.isMutating({ mutationKey }) === 0) rename.mutate();
  };
  return (
    <Dialog opened onClose={onClose} title={t('inbox.customer.renameTitle')}>
      <form className="stack" noValidate onSubmit={(event) => (event.preventDefault(), submit())}>
        <TextInput
          label={t('inbox.newName')}
          description={t('inbox.customer.nameHelp')}
          value={name}
          dir="auto"
          autoComplete="off"
          data-autofocus
          error={errors['name']}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <FormFoot
          problem={errors['']}
          submit={t('inbox.customer.renameDo')}
          isBusy={rename.isPending}
          onCancel={onClose}
        />
      </form>
    </Dialog>
  );
}
