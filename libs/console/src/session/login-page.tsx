/** The page that asks who is there, and says why, when that was not the visitor's wish. */
import { type FormEvent, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { MusterProblem } from '#client';
import { PlainField, PlainPassword, PlainSubmit } from '../design/plain-fields.js';
import { EntryPage } from './entry-page.js';
import { explain } from './problem-text.js';
import { beginSession, muster, useSession } from './session.js';
import css from './entry.module.css';

export function LoginPage({ note }: { note: string | null }) {
  const { t } = useTranslation();
  const { ended } = useSession();
  const [asksReset, setAsksReset] = useState(false);
  if (asksReset) return <ResetRequest onBack={() => setAsksReset(false)} />;
  return (
    <EntryPage title={t('login.title')}>
      {ended && (
        <div className={css.ended} role="alert" data-code={ended.code}>
          <b>{t('login.ended')}</b>
          <span>{t([`ended.${ended.code}` as 'ended.agent_inactive', 'ended.other'], { reason: ended.reason })}</span>
        </div>
      )}
      {note && <p className={css.note}>{note}</p>}
      <LoginForm />
      <button type="button" className={css.link} onClick={() => setAsksReset(true)}>
        {t('login.forgot')}
      </button>
    </EntryPage>
  );
}

function LoginForm() {
  const { t } = useTranslation();
  const [failure, setFailure] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const asked = failure instanceof MusterProblem && failure.code === 'workspace_required';
  const [needsWorkspace, setNeedsWorkspace] = useState(false);
  const password = useRef<HTMLInputElement>(null);

  const signIn = async (form: FormData): Promise<void> => {
    setBusy(true);
    setFailure(null);
    try {
      const workspace = text(form, 'workspace').trim();
      await muster.auth.login({
        email: text(form, 'email').trim(),
        password: text(form, 'password'),
        ...(workspace && { workspace }),
      });
      beginSession();
    } catch (error) {
      setFailure(error);
      if (error instanceof MusterProblem && error.code === 'workspace_required') setNeedsWorkspace(true);
      else password.current?.select();
      setBusy(false);
    }
  };
  return (
    <form onSubmit={submitting(signIn)} className={css.form}>
      <PlainField name="email" type="email" label={t('login.email')} autoComplete="username" required autoFocus />
      <PlainPassword
        name="password"
        label={t('login.password')}
        autoComplete="current-password"
        required
        ref={password}
      />
      {needsWorkspace && (
        <PlainField
          name="workspace"
          label={t('login.workspace')}
          description={t('login.workspaceHelp')}
          required
          autoFocus={asked}
        />
      )}
      <p role="alert" className={css.alert}>
        {failure === null ? '' : explain(failure)}
      </p>
      <PlainSubmit busy={busy}>{t('login.submit')}</PlainSubmit>
    </form>
  );
}

function ResetRequest({ onBack }: { onBack: () => void }) {
  const { t } = useTranslation();
  const [said, setSaid] = useState<{ text: string; isGood: boolean } | null>(null);
  const ask = async (form: FormData): Promise<void> => {
    try {
      await muster.auth.resetPassword({ email: text(form, 'email').trim() });
      setSaid({ text: t('login.resetSent'), isGood: true });
    } catch (error) {
      setSaid({ text: explain(error), isGood: false });
    }
  };
  return (
    <EntryPage title={t('login.resetTitle')}>
      <form onSubmit={submitting(ask)} className={css.form}>
        <PlainField
          name="email"
          type="email"
          label={t('login.email')}
          autoComplete="username"
          required
          autoFocus
          description={t('login.resetHelp')}
        />
        <p role="alert" className={said?.isGood ? css.note : css.alert}>
          {said?.text}
        </p>
        <PlainSubmit>{t('login.resetSubmit')}</PlainSubmit>
      </form>
      <button type="button" className={css.link} onClick={onBack}>
        {t('login.back')}
      </button>
    </EntryPage>
  );
}

function text(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === 'string' ? value : '';
}

function submitting(act: (form: FormData) => Promise<void>) {
  return (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    void act(new FormData(event.currentTarget));
  };
}
