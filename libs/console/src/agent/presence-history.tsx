import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { type Id, PRESENCE_STATES } from '#client';
import { durationOf } from '../design/duration.js';
import { useAxisTime, useDay, useMoment } from '../design/format.js';
import { Presence } from '../design/presence.js';
import { Empty, Failure, Loading } from '../design/states.js';
import type { ReportRange } from '../reports/report-range.js';
import { explain } from '../session/problem-text.js';
import { type Stretch, stretchesOf, type Strip, stripsOf, timesOf } from './presence-strips.js';
import { usePresenceHistory } from './use-presence-history.js';
import css from './history.module.css';

interface Props {
  agentId: Id;
  range: ReportRange;
  /** When it was asked for: nothing is known of later. */
  askedAt: number;
}

/** Which state the agent was in when: strips, the time in each state, and the same as a table. */
export function PresenceHistory({ agentId, range, askedAt }: Props) {
  const { t } = useTranslation();
  const { data, error, refetch } = usePresenceHistory(agentId, range.from);
  const from = Date.parse(range.from);
  const stretches = useMemo(() => (data ? stretchesOf(data, from, askedAt) : []), [data, from, askedAt]);
  if (error) return <Failure title={t('error.load')} detail={explain(error)} onRetry={() => void refetch()} />;
  if (!data) return <Loading />;
  if (stretches.length === 0) return <Empty title={t('agent.noPresence')} />;
  const strips = stripsOf(stretches, from, Date.parse(range.to));
  return (
    <>
      <div className={css.strips} data-single={strips.length === 1}>
        {strips.map((strip) => (
          <StripView key={strip.from} strip={strip} />
        ))}
      </div>
      <Times stretches={stretches} />
      <StretchTable stretches={stretches} until={askedAt} />
    </>
  );
}

function StripView({ strip: { from, to, stretches } }: { strip: Strip }) {
  const { t } = useTranslation();
  const day = useDay();
  const axisTime = useAxisTime();
  const span = to - from;
  const times = timesOf(stretches);
  const said = PRESENCE_STATES.filter((state) => times[state] > 0)
    .map((state) => `${t(`presence.${state}`)} ${durationOf(times[state])}`)
    .join(', ');
  const marks = [0, 1, 2, 3, 4].map((quarter) => from + (span * quarter) / 4);
  const name = day(new Date(from).toISOString());
  return (
    <figure className={css.strip}>
      <figcaption className="muted">{name}</figcaption>
      <svg viewBox="0 0 1000 10" preserveAspectRatio="none" role="img" aria-label={`${name}: ${said || '—'}`}>
        {stretches.map((one) => (
          <rect
            key={one.from}
            data-state={one.state}
            x={((one.from - from) / span) * 1_000}
            width={Math.max(0.6, ((one.to - one.from) / span) * 1_000)}
            height={10}
          />
        ))}
      </svg>
      <div className={css.marks} aria-hidden="true">
        {axisTime(marks).map((mark, n) => (
          <span key={marks[n]}>{mark}</span>
        ))}
      </div>
    </figure>
  );
}

function Times({ stretches }: { stretches: readonly Stretch[] }) {
  const times = timesOf(stretches);
  return (
    <ul className={css.times}>
      {PRESENCE_STATES.map((state) => (
        <li key={state}>
          <Presence state={state} />
          <b className="ltr">{times[state] === 0 ? '—' : durationOf(times[state])}</b>
        </li>
      ))}
    </ul>
  );
}

function StretchTable({ stretches, until }: { stretches: readonly Stretch[]; until: number }) {
  const { t } = useTranslation();
  const moment = useMoment();
  const at = (time: number): string => moment(new Date(time).toISOString());
  return (
    <details>
      <summary>{t('reports.asTable')}</summary>
      <div className={css.wide} tabIndex={0} role="group" aria-label={t('reports.asTable')}>
        <table className={css.table}>
          <thead>
            <tr>
              <th scope="col">{t('reports.from')}</th>
              <th scope="col">{t('agent.until')}</th>
              <th scope="col">{t('agents.presence')}</th>
              <th scope="col" className="num">
                {t('agent.howLong')}
              </th>
            </tr>
          </thead>
          <tbody>
            {stretches.toReversed().map(({ state, from, to }) => (
              <tr key={from}>
                <th scope="row">{at(from)}</th>
                <td>{to === until ? t('agent.lasts') : at(to)}</td>
                <td>
                  <Presence state={state} />
                </td>
                <td className="num">{durationOf(to - from)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
