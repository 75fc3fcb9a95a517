import { Button, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Permission } from '#client';
import { Dialog } from '../design/dialogs.js';
import { fieldErrors } from '../session/problem-text.js';
import { muster } from '../session/session.js';
import { useMe } from '../session/use-me.js';
import { toggle } from '../teams/blueprint.js';
import { SecretDialog } from './secret-dialog.js';
import css from './connections.module.css';

/** A new key: its name and a part of one's own rights; then the key itself, this once. */
export function CreateKeyDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const { permissions: own } = useMe();
  const client = useQueryClient();
  const [name, setName] = useState('');
  const [chosen, setChosen] = useState<ReadonlySet<Permission>>(new Set());
  const [isAsked, setAsked] = useState(false);
  const create = useMutation({
    mutationFn: () => muster.apiKeys.create({ name: name.trim(), permissions: own.filter((key) => chosen.has(key)) }),
    onSettled: () => client.invalidateQueries({ queryKey: ['api-keys'] }),
  });
  const errors = create.error ? fieldErrors(create.error) : {};
  const isWhole = name.trim() !== '' && chosen.size > 0;
  const submit = (): void => {
    setAsked(true);
    if (isWhole) create.mutate();
  };
  if (create.data) return <SecretDialog title={t('keys.createdTitle')} secret={create.data.key} onClose={onClose} />;
  return (
    <Dialog opened onClose={onClose} title={t('keys.create')} size="lg">
      <form className="stack" noValidate onSubmit={(event) => (event.preventDefault(), submit())}>
        <TextInput
          label={t('keys.name')}
          value={name}
          maxLength={100}
          data-autofocus
          required
          error={isAsked && !name.trim() ? t('keys.nameMissing') : errors['name']}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <fieldset className={css.choice}>
          <legend>{t('keys.rights')}</legend>
          {own.map((key) => (
            <label key={key} className="mono">
              <input type="checkbox" checked={chosen.has(key)} onChange={() => setChosen(toggle(chosen, key))} />
              {key}
            </label>
          ))}
        </fieldset>
        {isAsked && chosen.size === 0 && (
          <p role="alert" className="alert">
            {t('keys.rightsMissing')}
          </p>
        )}
        {(errors[''] ?? errors['permissions']) && (
          <p role="alert" className="alert">
            {errors[''] ?? errors['permissions']}
          </p>
        )}
        <div className="buttons">
          <Button variant="default" onClick={onClose}>
            {t('cancel')}
          </Button>
          <Button type="submit" loading={create.isPending}>
            {t('keys.createDo')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
