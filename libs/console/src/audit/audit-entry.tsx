import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { AuditActor, AuditEntryView, AuditTarget, Id } from '#client';
import { Changes, type Names } from '../design/changes.js';
import { useMoment } from '../design/format.js';
import { useActionText } from './use-action-text.js';
import css from './audit.module.css';

/** One change: what, of what, by whom, when; opened, how it was and is, and its place in the chain. */
export function AuditEntry({ entry, names }: { entry: AuditEntryView; names: Names }) {
  const { t } = useTranslation();
  const moment = useMoment();
  const action = useActionText();
  const [isOpen, setOpen] = useState(false);
  const page = pageOf(entry.target);
  const by = ({ kind, name }: AuditActor) => {
    const who = name ?? t('audit.system');
    return kind === 'api_key' ? t('audit.byKey', { name: who }) : who;
  };
  return (
    <li>
      <details onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>
          <span className="mono muted">#{entry.seq}</span>
          <b>{action(entry.action)}</b>
          <span className="clip">
            {entry.target.name ? (
              <bdi>{entry.target.name}</bdi>
            ) : (
              <span className="mono">{shortOf(entry.target.id)}</span>
            )}
            <bdi className="muted"> · {by(entry.actor)}</bdi>
          </span>
          <time className="muted" dateTime={entry.at}>
            {moment(entry.at)}
          </time>
        </summary>
        <div className={css.more}>
          <p className={css.links}>
            {page && <Link to={page}>{t('audit.open')}</Link>}
            <Link to={`/audit?target=${entry.target.id}`}>{t('audit.allOfIt')}</Link>
          </p>
          {isOpen && <Changes before={entry.before} after={entry.after} names={names} />}
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

/** Enough to tell those without a name apart: ids begin with the time, and end by chance. */
function shortOf(id: Id): string {
  return `…${id.slice(-8)}`;
}

/** Where it is shown, if anywhere. */
function pageOf({ kind, id }: AuditTarget): string | null {
  const folder = { agent: 'agents', team: 'teams', conversation: 'inbox' }[kind as string];
  return folder ? `/${folder}/${id}` : null;
}
