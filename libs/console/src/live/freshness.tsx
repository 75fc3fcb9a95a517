import { useTranslation } from 'react-i18next';
import type { LiveStatus, Timestamp } from '#client';
import { useTime } from '../design/format.js';
import type { Sample } from './use-sampled.js';
import css from './freshness.module.css';

/** How true the numbers are, and as of when: never more than is known. */
export function Freshness({ sample: { status, view, ageMs } }: { sample: Sample<{ asOf: Timestamp }> }) {
  const { t } = useTranslation();
  const time = useTime();
  const asOf = view ? time(view.asOf) : null;
  const isOld = status !== 'live';
  return (
    <span className={css.fresh}>
      <StatusPill status={status} />
      {asOf && (
        <span className={css.clock} data-testid="as-of">
          {t('live.asOf', { time: asOf })}
          {isOld && <span> · {t('live.ago', { seconds: Math.floor(ageMs / 1000) })}</span>}
        </span>
      )}
    </span>
  );
}

export function StatusPill({ status }: { status: LiveStatus }) {
  const { t } = useTranslation();
  return (
    <span className={css.pill} data-status={status} role="status">
      <i aria-hidden="true" />
      {t(`live.${status}`)}
    </span>
  );
}
