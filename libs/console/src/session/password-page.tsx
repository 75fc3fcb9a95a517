/** The page on which a password is chosen with the token of an invitation or of a mail. */
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { PlainPassword, PlainSubmit } from '../design/plain-fields.js';
import { EntryPage } from './entry-page.js';
import type { PasswordToken } from './password-token.js';
import { explain } from './problem-text.js';
import { muster } from './session.js';
import css from './entry.module.css';

const SHORTEST = 10;

interface Props {
  token: PasswordToken;
  onDone: () => void;
  /** The link is of no use: sign in without it. */
  onLeave: () => void;
}

export function PasswordPage({ token: { kind, token }, onDone, onLeave }: Props) {
  const { t } = useTranslation();
  const [password, setPassword] = useState('');
  const [again, setAgain] = useState('');
  const [failure, setFailure] = useState('');
  const [busy, setBusy] = useState(false);

  const choose = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (password.length < SHORTEST) return setFailure(t('password.tooShort', { least: SHORTEST }));
    if (password !== again) return setFailure(t('password.different'));
    setBusy(true);
    try {
      await (kind === 'reset'
        ? muster.auth.resetPassword({ token, password })
        : muster.auth.acceptInvitation({ token, password }));
      onDone();
    } catch (error) {
      setFailure(explain(error));
      setBusy(false);
    }
  };
  return (
    <EntryPage title={t(`password.${kind}`)}>
      <form onSubmit={(event) => void choose(event)} className={css.form} noValidate>
        <PlainPassword
          label={t('password.new')}
          description={t('password.help', { least: SHORTEST })}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          autoComplete="new-password"
          autoFocus
          maxLength={200}
        />
        <PlainPassword
          label={t('password.again')}
          value={again}
          autoComplete="new-password"
          maxLength={200}
          onChange={(event) => setAgain(event.currentTarget.value)}
        />
        <p role="alert" className={css.alert}>
          {failure}
        </p>
        <PlainSubmit busy={busy}>{t('password.submit')}</PlainSubmit>
      </form>
      <button type="button" className={css.link} onClick={onLeave}>
        {t('login.back')}
      </button>
    </EntryPage>
  );
}
