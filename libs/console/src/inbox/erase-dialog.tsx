import { TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ContactView } from '#client';
import { Dialog, FormFoot } from '../design/dialogs.js';
import { notify } from '../design/notify.js';
import { explain } from '../session/problem-text.js';
import { muster } from '../session/session.js';
import { asked, isTyped } from './is-typed.js';
import { refreshAll } from './use-conversations.js';
import css from './inbox.module.css';

const GONE = ['identity', 'texts', 'conversations'] as const;
const STAYS = ['counts', 'audit', 'backups'] as const;

/** Erasing can't be undone: it says what will be gone and what stays, and the customer's name has to be typed. */
export default function EraseDialog({ contact, onClose }: { contact: ContactView; onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [typed, setTyped] = useState('');
  const erase = useMutation({
    mutationFn: () => muster.contacts.erase(contact.id),
    onSuccess: async ({ erased }) => {
      await refreshAll(client);
      onClose();
      notify(t('inbox.customer.erased', { ...erased }));
    },
  });
  const [word] = useState(() => asked(contact, t('inbox.customer.eraseWord')));
  const isSure = isTyped(word, typed);
  const [title] = useState(() => t('inbox.customer.eraseTitle', { name: contact.name ?? t('inbox.unknown') }));
  return (
    <Dialog opened onClose={onClose} title={title}>
      <form className="stack" onSubmit={(event) => (event.preventDefault(), isSure && erase.mutate())}>
        <Points title={t('inbox.customer.goneTitle')} points={GONE.map((one) => t(`inbox.customer.gone.${one}`))} />
        <Points title={t('inbox.customer.staysTitle')} points={STAYS.map((one) => t(`inbox.customer.stays.${one}`))} />
        <p>{t('inbox.customer.eraseHelp')}</p>
        <TextInput
          label={t('inbox.customer.eraseConfirm', { word })}
          value={typed}
          dir="auto"
          autoComplete="off"
          data-autofocus
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        <FormFoot
          problem={erase.error ? explain(erase.error) : undefined}
          submit={t('inbox.customer.eraseDo')}
          isBusy={erase.isPending}
          isDangerous
          isDisabled={!isSure}
          onCancel={onClose}
        />
      </form>
    </Dialog>
  );
}

function Points({ title, points }: { title: string; points: string[] }) {
  return (
    <div>
      <h3>{title}</h3>
      <ul className={css.points}>
        {points.map((point) => (
          <li key={point}>{point}</li>
        ))}
      </ul>
    </div>
  );
}
