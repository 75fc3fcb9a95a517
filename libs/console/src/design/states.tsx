import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

/** Something is being fetched. */
export function Loading() {
  const { t } = useTranslation();
  return (
    <div className="state state-loading" role="status">
      <span className="pulse" aria-hidden="true">
        <i />
        <i />
        <i />
      </span>
      <span className="sr">{t('loading')}</span>
    </div>
  );
}

/** Something could not be fetched: why, and again. */
export function Failure({ title, detail, onRetry }: { title: string; detail: string; onRetry: () => void }) {
  const { t } = useTranslation();
  return (
    <div className="state" role="alert">
      <h2>{title}</h2>
      <p className="muted">{detail}</p>
      <button type="button" className="text-button" onClick={onRetry}>
        {t('error.again')}
      </button>
    </div>
  );
}

/** There is nothing to show, and what would change that. */
export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="state">
      <h2>{title}</h2>
      {children && <div className="muted">{children}</div>}
    </div>
  );
}
