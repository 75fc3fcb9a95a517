import { IconGitMerge } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { TeamView } from '#client';
import type { AgentDraft, DraftField } from './agent-draft.js';
import type { Conflict } from './use-agent-form.js';
import css from './panel.module.css';

interface Props extends Conflict {
  teams: TeamView[];
  draft: AgentDraft;
  onTake: (field: DraftField) => void;
}

/** Somebody else saved meanwhile: what both changed, side by side, and what was simply taken over. */
export function ConflictView({ theirs, fields, taken, teams, draft, onTake }: Props) {
  const { t } = useTranslation();
  const show = (field: DraftField, value: string | boolean): string => {
    if (field === 'teamId') return teams.find(({ id }) => id === value)?.name ?? String(value);
    if (field === 'status') return t(`lifecycle.${value === 'active' ? 'active' : 'inactive'}`);
    if (typeof value === 'boolean') return t(value ? 'yes' : 'no');
    return value || '—';
  };
  return (
    <section className={css.conflict} role="alert" data-testid="conflict">
      <h3>
        <IconGitMerge size={16} aria-hidden="true" /> {t('conflict.title')}
      </h3>
      {taken.length > 0 && (
        <p>
          {t('conflict.taken', {
            changes: taken.map((field) => `${t(`agents.fields.${field}`)}: ${show(field, theirs[field])}`).join('; '),
          })}
        </p>
      )}
      {fields.length > 0 && (
        <table>
          <thead>
            <tr className="label">
              <th scope="col">{t('conflict.field')}</th>
              <th scope="col">{t('conflict.mine')}</th>
              <th scope="col">{t('conflict.theirs')}</th>
              <th />
            </tr>
          </thead>
          <tbody>
            {fields.map((field) => (
              <tr key={field}>
                <th scope="row">{t(`agents.fields.${field}`)}</th>
                <td>{show(field, draft[field])}</td>
                <td>{show(field, theirs[field])}</td>
                <td>
                  {draft[field] !== theirs[field] && (
                    <button type="button" className="text-button" onClick={() => onTake(field)}>
                      {t('conflict.take')}
                    </button>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <p className="muted">{t('conflict.again')}</p>
    </section>
  );
}
