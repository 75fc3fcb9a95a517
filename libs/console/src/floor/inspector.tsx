import { IconX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { ageOf, type RosterRow, type RosterView, teamName } from '#client';
import { IconButton } from '../design/icon-button.js';
import { Presence } from '../design/presence.js';
import { useMay } from '../session/use-me.js';
import { profileOf } from './heat.js';
import css from './inspector.module.css';

interface Props {
  view: RosterView;
  id: string;
  ageMs: number;
  onClose: () => void;
}

/** One agent, closer: what the cell says, in words. */
export function Inspector({ view, id, ageMs, onClose }: Props) {
  const { t } = useTranslation();
  const mayRead = useMay('agents.read', 'agents.manage');
  const row = view.rows.get(id);
  if (!row) return null;
  const now = Date.parse(view.asOf) + ageMs;
  const { open, capacity, ratio } = row.load;
  return (
    <aside className={css.panel} aria-label={t('floor.inspector')} data-testid="inspector">
      <div className={css.head}>
        <h2 aria-live="polite">{row.name}</h2>
        <IconButton label={t('close')} onClick={onClose}>
          <IconX size={16} />
        </IconButton>
      </div>
      <p className="muted">{teamName(view, row.teamId)}</p>
      <p className={css.state}>
        <Presence state={row.presence.state} />
        <span className="muted">{t('floor.since', { age: ageOf(row.presence.since, now) })}</span>
      </p>
      <Profile row={row} />
      <dl className={css.facts}>
        <dt>{t('floor.load')}</dt>
        <dd>
          <span className="ltr">
            {open}/{capacity}
          </span>
          {ratio !== null && <small className="muted"> {Math.round(ratio * 100)}%</small>}
        </dd>
        <dt>{t('floor.waiting')}</dt>
        <dd>
          {row.waiting.count}
          {row.waiting.oldestAt && (
            <small className="muted"> {t('floor.longest', { age: ageOf(row.waiting.oldestAt, now) })}</small>
          )}
        </dd>
        <dt>{t('floor.status')}</dt>
        <dd>{t(`lifecycle.${row.status}`)}</dd>
      </dl>
      {mayRead && (
        <Link className={css.more} to={`/agents/${row.id}`}>
          {t('floor.openAgent')}
        </Link>
      )}
    </aside>
  );
}

/** The rolling windows, and the last hour in four steps. */
function Profile({ row }: { row: RosterRow }) {
  const { t } = useTranslation();
  const profile = profileOf(row.density);
  const most = Math.max(1, ...profile);
  const heights = profile.map((rate) => Math.max(1, (rate / most) * 40));
  return (
    <figure className={css.profile}>
      <svg viewBox="0 0 200 42" role="img" aria-label={t('floor.profile')} preserveAspectRatio="none">
        {heights.map((height, place) => (
          <rect
            key={place}
            x={place * 50 + 1}
            width={48}
            y={42 - height}
            height={height}
            rx={2}
            data-now={place === 3}
          />
        ))}
      </svg>
      <div className={css.windows}>
        {(['h1', 'm15', 'm5', 'm1'] as const).map((window) => (
          <span key={window}>
            <b>{row.density[window]}</b>
            <small>{t(`window.${window}`)}</small>
          </span>
        ))}
      </div>
    </figure>
  );
}
