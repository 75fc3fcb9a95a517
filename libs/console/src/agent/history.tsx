/** An agent's presence and messages over the last hour, day or week. */
import { IconRefresh } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Id } from '#client';
import { useTime } from '../design/format.js';
import { IconButton } from '../design/icon-button.js';
import { rangeOf } from '../reports/report-range.js';
import { useMay } from '../session/use-me.js';
import { DensityHistory } from './density-history.js';
import { PresenceHistory } from './presence-history.js';
import css from './history.module.css';

const RANGES = ['hour', 'day', 'week'] as const;

export default function History({ agentId }: { agentId: Id }) {
  const { t } = useTranslation();
  const time = useTime();
  const mayCount = useMay('reports.view');
  const [name, setName] = useState<(typeof RANGES)[number]>('day');
  const [askedAt, setAskedAt] = useState(Date.now);
  const range = useMemo(() => rangeOf(name, askedAt), [name, askedAt]);
  const choose = (value: string): void => {
    setName(RANGES.find((one) => one === value) ?? 'day');
    setAskedAt(Date.now());
  };
  return (
    <div className={css.history}>
      <div className={css.choice}>
        <select
          className="plain-select"
          aria-label={t('reports.range')}
          value={name}
          onChange={(event) => choose(event.currentTarget.value)}
        >
          {RANGES.map((one) => (
            <option key={one} value={one}>
              {t(`reports.ranges.${one}`)}
            </option>
          ))}
        </select>
        <IconButton label={t('reports.refresh')} onClick={() => setAskedAt(Date.now())}>
          <IconRefresh size={17} />
        </IconButton>
        <span className="muted">{t('reports.asOf', { time: time(new Date(askedAt).toISOString()) })}</span>
      </div>
      <section aria-label={t('agents.presence')} data-testid="presence-history">
        <h2>{t('agents.presence')}</h2>
        <PresenceHistory agentId={agentId} range={range} askedAt={askedAt} />
      </section>
      {mayCount && (
        <section aria-label={t('reports.density')} data-testid="density-history">
          <h2>{t('reports.density')}</h2>
          <DensityHistory query={{ ...range, teamId: null, agentId, groupBy: 'agent' }} />
        </section>
      )}
    </div>
  );
}
