import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { EffectView } from '../design/effect.js';
import { explain } from '../session/problem-text.js';
import type { useTeamDraft } from './use-team-draft.js';
import css from './teams.module.css';

type Edit = ReturnType<typeof useTeamDraft>;

/** What saving would do, or why it can't be done; it stays in sight while something is changed. */
export function SaveBar({ edit }: { edit: Edit }) {
  const { t } = useTranslation();
  const { effect, wrong, isStale, isSaving, save, load } = edit;
  return (
    <div className={css.save} role="region" aria-label={t('teams.effect')} data-testid="save-bar">
      <div className={css.saveEffect} aria-live="polite">
        <h3>{t(isStale ? 'conflict.title' : 'teams.effect')}</h3>
        <Said edit={edit} />
      </div>
      <div className="buttons">
        <Button variant="default" onClick={load}>
          {t(isStale ? 'teams.load' : 'teams.discard')}
        </Button>
        <Button loading={isSaving} disabled={isStale || wrong.length > 0 || Boolean(effect?.refused)} onClick={save}>
          {t('teams.save')}
        </Button>
      </div>
    </div>
  );
}

function Said({ edit: { effect, effectError, saveError, wrong, isStale } }: { edit: Edit }) {
  const { t } = useTranslation();
  if (isStale) return <p>{t('teams.stale')}</p>;
  if (wrong.length > 0) return <p className="alert">{t('teams.wrongFields')}</p>;
  const error = saveError ?? (effect ? null : effectError);
  return (
    <>
      {effect && <EffectView effect={effect} />}
      {error && <p className="alert">{explain(error)}</p>}
    </>
  );
}
