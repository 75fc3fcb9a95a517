import { useTranslation } from 'react-i18next';
import { PRESENCE_STATES, type RosterView, totalsOf } from '#client';
import { useNumber } from '../design/format.js';
import { Link } from 'react-router';
import type { FloorQuery } from './floor-query.js';
import css from './floor.module.css';

interface Props {
  view: RosterView;
  query: FloorQuery;
  choose: (change: Partial<FloorQuery>) => void;
  /** How many alerts are open. */
  alerts: number;
}

/** The floor in a few numbers; those of presence are filters. */
export function FloorSummary({ view, query, choose, alerts }: Props) {
  const { t } = useTranslation();
  const number = useNumber();
  const rows = [...view.rows.values()].filter((row) => !query.teamId || row.teamId === query.teamId);
  const totals = totalsOf(rows);
  const share = totals.capacity > 0 ? Math.round((totals.open / totals.capacity) * 100) : 0;
  return (
    <div className={css.summary}>
      <div className={css.presence} role="group" aria-label={t('floor.byPresence')}>
        {PRESENCE_STATES.map((state) => (
          <button
            key={state}
            type="button"
            aria-pressed={query.presence === state}
            title={t(`presence.${state}`)}
            onClick={() => choose({ presence: query.presence === state ? undefined : state })}
          >
            <i className={`shape shape-${state}`} aria-hidden="true" />
            <b>{number(totals.presence[state])}</b>
            <span className={css.word}>{t(`presence.${state}`)}</span>
          </button>
        ))}
      </div>
      <dl className={css.figures}>
        <Figure label={t('floor.perMinute')} value={number(totals.m1)} />
        <Figure
          label={t('floor.load')}
          value={`${number(totals.open)}/${number(totals.capacity)}`}
          note={`${share}%`}
        />
        <Figure label={t('floor.waiting')} value={number(totals.waiting)} isLoud={totals.waiting > 0} />
      </dl>
      {alerts > 0 && (
        <Link to="/alerts" className={css.alerts}>
          <span className="label">{t('nav.alerts')}</span>
          <b>{number(alerts)}</b>
        </Link>
      )}
    </div>
  );
}

function Figure({
  label,
  value,
  note,
  isLoud = false,
}: {
  label: string;
  value: string;
  note?: string;
  isLoud?: boolean;
}) {
  return (
    <div data-loud={isLoud}>
      <dt className="label">{label}</dt>
      <dd>
        <span className="ltr">{value}</span>
        {note && <small className="muted">{note}</small>}
      </dd>
    </div>
  );
}
