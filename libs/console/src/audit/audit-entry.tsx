import { useTranslation } from 'react-i18next';
import type { AuditEntryView } from '#client';
import { Changes } from '../design/changes.js';
import { useMoment } from '../design/format.js';
import { useActionText } from './use-action-text.js';
import css from './audit.module.css';

/** One change: what, of what, by whom, when; opened, how it was and is, and its place in the chain. */
export function AuditEntry({ entry }: { entry: AuditEntryView }) {
  const { t } = useTranslation();
  const moment = useMoment();
  const action = useActionText();
  return (
    <li>
      <details>
        <summary>
          <span className="mono muted">#{entry.seq}</span>
          <b>{action(entry.action)}</b>
          <span className="clip">
            {entry.target.name && <bdi>{entry.target.name} · </bdi>}
            <bdi className="muted">{entry.actor.name ?? t('audit.system')}</bdi>
          </span>
          <time className="muted" dateTime={entry.at}>
            {moment(entry.at)}
          </time>
        </summary>
        <div className={css.more}>
          <Changes before={entry.before} after={entry.after} />
          {entry.reason && <p>{t('audit.reason', { reason: entry.reason })}</p>}
          <p className="mono muted ltr">
            {entry.action} ·{' '}
            {entry.requestId && (
              <>
                <bdi>{t('audit.request', { id: entry.requestId })}</bdi> ·{' '}
              </>
            )}
            sha256 {entry.hash}
          </p>
        </div>
      </details>
    </li>
  );
}
