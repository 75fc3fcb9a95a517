import { useTranslation } from 'react-i18next';
import { explain } from '../session/problem-text.js';
import { useTime } from './format.js';

/** What is shown is old: since when, why it could not be read again, and again. */
export function OldNote({ at, error, onRetry }: { at: number; error: Error; onRetry: () => void }) {
  const { t } = useTranslation();
  const time = useTime();
  return (
    <p className="old-note" role="alert">
      {t('error.old', { time: time(new Date(at).toISOString()), reason: explain(error) })}{' '}
      <button type="button" className="text-button" onClick={onRetry}>
        {t('error.again')}
      </button>
    </p>
  );
}
