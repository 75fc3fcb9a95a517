import { useTranslation } from 'react-i18next';
import type { ThresholdCondition } from '#client';

/** A condition in words: what is measured, on which side of which value, and for how long. */
export function useConditionText(): (condition: ThresholdCondition) => string {
  const { t } = useTranslation();
  return ({ kind, comparison, value, window, forMinutes }) => {
    const what = t(`alerts.kinds.${kind}`);
    const measured = window ? `${what} (${t(`window.${window}`)})` : what;
    const text = t(`alerts.${comparison}`, { what: measured, value });
    return forMinutes > 0 ? t('alerts.forMinutes', { text, count: forMinutes }) : text;
  };
}
