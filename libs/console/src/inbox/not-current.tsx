import { useTranslation } from 'react-i18next';
import { explain } from '../session/problem-text.js';
import css from './inbox.module.css';

/** What is shown is of before: why it could not be read again, and again. */
export function NotCurrent({ error, onRetry }: { error: Error; onRetry: () => void }) {
  const { t } = useTranslation();
  return (
    <p role="status" className={`alert ${css.notCurrent}`}>
      {t('inbox.notCurrent', { reason: explain(error) })}{' '}
      <button type="button" className="text-button" onClick={onRetry}>
        {t('error.again')}
      </button>
    </p>
  );
}
