import { Button, PasswordInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { MusterProblem } from '#client';
import { notify } from '../design/notify.js';
import { explain } from '../session/problem-text.js';
import { muster } from '../session/session.js';

const SHORTEST = 10;

/** Changing the own password ends every other session, and says so before. */
export function PasswordForm() {
  const { t } = useTranslation();
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const [isAsked, setAsked] = useState(false);
  const change = useMutation({
    mutationFn: () => muster.auth.changePassword({ currentPassword: current, newPassword: next }),
    onSuccess: () => {
      setCurrent('');
      setNext('');
      setAsked(false);
      notify(t('account.changed'));
    },
  });
  const isShort = next.length < SHORTEST;
  const wrong = change.error instanceof MusterProblem && change.error.code === 'invalid_credentials';
  const submit = (): void => {
    setAsked(true);
    if (!isShort) change.mutate();
  };
  return (
    <form className="stack" noValidate onSubmit={(event) => (event.preventDefault(), submit())}>
      <PasswordInput
        label={t('account.current')}
        value={current}
        autoComplete="current-password"
        error={wrong ? explain(change.error) : undefined}
        onChange={(event) => setCurrent(event.currentTarget.value)}
      />
      <PasswordInput
        label={t('password.new')}
        description={t('password.help', { least: SHORTEST })}
        value={next}
        autoComplete="new-password"
        error={isAsked && isShort ? t('password.tooShort', { least: SHORTEST }) : undefined}
        onChange={(event) => setNext(event.currentTarget.value)}
      />
      <p className="muted">{t('account.passwordHelp')}</p>
      {change.error && !wrong && (
        <p role="alert" className="alert">
          {explain(change.error)}
        </p>
      )}
      <div className="buttons">
        <Button type="submit" loading={change.isPending}>
          {t('account.change')}
        </Button>
      </div>
    </form>
  );
}
