import { useTranslation } from 'react-i18next';
import { useTime } from '../design/format.js';
import type { RosterSample } from '../live/use-sampled.js';
import css from './floor.module.css';

/** Says that the numbers are old, for as long as they are. */
export function StaleBanner({ sample: { status, view } }: { sample: RosterSample }) {
  const { t } = useTranslation();
  const time = useTime();
  if (status !== 'stale' || !view) return null;
  return (
    <p className={css.banner} role="alert">
      {t('floor.stale', { time: time(view.asOf) })}
    </p>
  );
}
