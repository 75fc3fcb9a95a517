import { Button, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { IconAlertTriangle, IconCheck } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Diagnosis } from '#client';
import { Dialog } from '../design/dialogs.js';
import { Loading } from '../design/states.js';
import { explain } from '../session/problem-text.js';
import { muster } from '../session/session.js';
import css from './diagnosis.module.css';

/** Why somebody can't log in, or gets no work: all that decides it, each with what to do. */
export default function DiagnosisDialog({ email, onClose }: { email: string; onClose: () => void }) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState(email);
  const [asked, setAsked] = useState(email);
  const { data, error, isFetching } = useQuery({
    queryKey: ['diagnosis', asked],
    queryFn: () => muster.access.diagnosis(asked),
    enabled: asked !== '',
    staleTime: 0,
  });
  const ask = (address: string): void => {
    setTyped(address);
    setAsked(address.trim());
  };
  return (
    <Dialog opened onClose={onClose} title={t('diagnosis.title')} size="lg">
      <div className="stack">
        <form className={css.ask} onSubmit={(event) => (event.preventDefault(), ask(typed))}>
          <TextInput
            label={t('diagnosis.email')}
            type="text"
            inputMode="email"
            value={typed}
            data-autofocus
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
          <Button type="submit" disabled={!typed.trim()}>
            {t('diagnosis.ask')}
          </Button>
        </form>
        {isFetching && !data && <Loading />}
        {error && (
          <p role="alert" className="alert">
            {explain(error)}
          </p>
        )}
        {data && <Finding diagnosis={data} onAsk={ask} />}
      </div>
    </Dialog>
  );
}

function Finding({ diagnosis, onAsk }: { diagnosis: Diagnosis; onAsk: (email: string) => void }) {
  const { t } = useTranslation();
  return (
    <section className="stack" aria-live="polite" data-testid="diagnosis">
      <p className={css.verdict} data-ok={diagnosis.canLogin}>
        <b>{t(diagnosis.canLogin ? 'diagnosis.can' : 'diagnosis.cannot')}</b>
        <span>{t(diagnosis.assignable ? 'diagnosis.assignable' : 'diagnosis.notAssignable')}</span>
      </p>
      <ul className={css.checks}>
        {diagnosis.checks.map(({ check, ok, detail, remedy }) => (
          <li key={check} data-ok={ok}>
            {ok ? <IconCheck size={16} aria-hidden="true" /> : <IconAlertTriangle size={16} aria-hidden="true" />}
            <span>
              {detail}
              {remedy && <b> {remedy}</b>}
            </span>
          </li>
        ))}
      </ul>
      {diagnosis.similar.length > 0 && (
        <p>
          {t('diagnosis.similar')}{' '}
          {diagnosis.similar.map(({ id, email, name }) => (
            <button key={id} type="button" className="text-button" onClick={() => onAsk(email)}>
              {name} · {email}
            </button>
          ))}
        </p>
      )}
    </section>
  );
}
