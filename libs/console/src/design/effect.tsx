import { IconAlertTriangle } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Effect } from '#client';
import { explainRefusal } from '../session/problem-text.js';
import css from './effect.module.css';

/** What a write would do, before it is done. */
export function EffectView({ effect }: { effect: Effect }) {
  const { t } = useTranslation();
  if (effect.refused) {
    return (
      <p className={css.refused} role="alert">
        <IconAlertTriangle size={16} aria-hidden="true" />
        {t('effect.refused', { reason: explainRefusal(effect.refused) })}
      </p>
    );
  }
  const silent = effect.nodes.asked - effect.nodes.answered;
  return (
    <div className={css.effect}>
      <Keys label={t('effect.gained')} sign="+" keys={effect.gained} />
      <Keys label={t('effect.lost')} sign="−" keys={effect.lost} />
      <ul className={css.counts}>
        <li>{t('effect.agents', { count: effect.agents })}</li>
        {effect.sockets > 0 && <li>{t('effect.sockets', { count: effect.sockets })}</li>}
        {effect.conversations > 0 && <li>{t('effect.conversations', { count: effect.conversations })}</li>}
        {silent > 0 && <li className={css.warn}>{t('effect.silent', { count: silent })}</li>}
      </ul>
    </div>
  );
}

function Keys({ label, sign, keys }: { label: string; sign: string; keys: readonly string[] }) {
  if (keys.length === 0) return null;
  return (
    <div className={css.keys} data-sign={sign}>
      <h3 className="label">{label}</h3>
      <ul>
        {keys.map((key) => (
          <li key={key} className="mono">
            <span aria-hidden="true">{sign}</span>
            {key}
          </li>
        ))}
      </ul>
    </div>
  );
}
