import { Button, Checkbox } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ImportDone, ImportProgress } from '#client';
import { Dialog } from '../design/dialogs.js';
import { explain, faultText } from '../session/problem-text.js';
import { muster } from '../session/session.js';
import { useRefreshAgents } from './use-agents.js';
import css from './import.module.css';

/** Agents from a CSV file: first what would come of it, then the writing, with its progress. */
export default function ImportDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const refresh = useRefreshAgents();
  const [file, setFile] = useState<File | null>(null);
  const [isAtomic, setAtomic] = useState(false);
  const [progress, setProgress] = useState<ImportProgress | null>(null);
  const run = (dryRun: boolean) => {
    if (!file) throw new Error('a file is chosen first');
    setProgress(null);
    return muster.agents.importCsv(file, { dryRun, atomic: isAtomic, onProgress: setProgress });
  };
  const check = useMutation({ mutationFn: () => run(true) });
  const write = useMutation({ mutationFn: () => run(false), onSettled: refresh });
  const isBusy = check.isPending || write.isPending;
  const choose = (chosen: File | null): void => {
    setFile(chosen);
    check.reset();
    write.reset();
  };
  const done = write.data ?? check.data;
  const error = write.error ?? check.error;
  return (
    <Dialog opened onClose={onClose} title={t('import.title')} size="lg" closeOnClickOutside={!isBusy}>
      <div className="stack">
        <p>{t('import.text')}</p>
        <p className="mono muted ltr">name,email,phone,team,hidePhone,status,notes,capacity</p>
        <label className={css.file}>
          <span>{t('import.file')}</span>
          <input
            type="file"
            accept=".csv,text/csv"
            disabled={isBusy}
            onChange={(event) => choose(event.currentTarget.files?.[0] ?? null)}
          />
        </label>
        <Checkbox
          label={t('import.atomic')}
          checked={isAtomic}
          disabled={isBusy}
          onChange={(event) => (setAtomic(event.currentTarget.checked), check.reset())}
        />
        {isBusy && <Progress progress={progress} />}
        {done && !isBusy && <Outcome done={done} />}
        {error && !isBusy && (
          <p role="alert" className="alert">
            {explain(error)}
          </p>
        )}
        <div className="buttons">
          <Button variant="default" onClick={onClose} disabled={isBusy}>
            {t(write.data ? 'close' : 'cancel')}
          </Button>
          {!check.data && (
            <Button disabled={!file} loading={check.isPending} onClick={() => check.mutate()}>
              {t('import.check')}
            </Button>
          )}
          {check.data && !write.data && (
            <Button loading={write.isPending} disabled={!mayWrite(check.data, isAtomic)} onClick={() => write.mutate()}>
              {t('import.write', { count: check.data.created + check.data.updated })}
            </Button>
          )}
        </div>
      </div>
    </Dialog>
  );
}

function mayWrite({ created, updated, failed }: ImportDone, isAtomic: boolean): boolean {
  return created + updated > 0 && !(isAtomic && failed > 0);
}

function Progress({ progress }: { progress: ImportProgress | null }) {
  const { t } = useTranslation();
  return (
    <label className={css.progress}>
      <span>
        {progress ? t('import.progress', { rows: progress.rows, total: progress.total }) : t('import.reading')}
      </span>
      <progress value={progress?.rows} max={progress?.total} />
    </label>
  );
}

function Outcome({ done }: { done: ImportDone }) {
  const { t } = useTranslation();
  return (
    <section className="stack" aria-live="polite" data-testid="import-outcome">
      <b>{t(done.dryRun ? 'import.would' : done.written ? 'import.did' : 'import.didNot')}</b>
      <dl className={css.counts}>
        {(['created', 'updated', 'unchanged', 'failed'] as const).map((key) => (
          <div key={key} data-key={key}>
            <dt className="label">{t(`import.${key}`)}</dt>
            <dd>{done[key]}</dd>
          </div>
        ))}
      </dl>
      {done.errors.length > 0 && (
        <div className={css.errors} tabIndex={0} role="group" aria-label={t('import.failed')}>
          <table>
            <thead>
              <tr className="label">
                <th scope="col">{t('import.line')}</th>
                <th scope="col">{t('agents.email')}</th>
                <th scope="col">{t('import.reason')}</th>
              </tr>
            </thead>
            <tbody>
              {done.errors.map(({ line, email, column, code, detail }) => (
                <tr key={`${line}${column ?? ''}`}>
                  <td>{line}</td>
                  <td className="ltr">{email}</td>
                  <td>{faultText({ code, detail })}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
