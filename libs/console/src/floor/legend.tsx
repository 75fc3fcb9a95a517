import { useTranslation } from 'react-i18next';
import css from './floor.module.css';

/** What the colours of the wall say. */
export function Legend() {
  const { t } = useTranslation();
  return (
    <span className={css.legend}>
      <span>{t('floor.legendCalm')}</span>
      <span className={css.ramp} aria-hidden="true">
        {Array.from({ length: 9 }, (_, level) => (
          <i key={level} data-level={level} />
        ))}
      </span>
      <span>{t('floor.legendHot')}</span>
    </span>
  );
}
