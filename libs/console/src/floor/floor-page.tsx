/** The floor: every agent of the workspace, live. Must never happen: numbers that look current when they aren't. */
import { useCallback, useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import { Loading } from '../design/states.js';
import { usePageTitle } from '../design/page.js';
import { Freshness } from '../live/freshness.js';
import { useOpenAlerts, useRoster } from '../live/live-dashboard.js';
import { useSampled } from '../live/use-sampled.js';
import { Inspector } from './inspector.js';
import { FloorSummary } from './floor-summary.js';
import { FloorToolbar } from './floor-toolbar.js';
import { type FloorQuery, readQuery, writeQuery } from './floor-query.js';
import { FloorTable } from './floor-table.js';
import { StaleBanner } from './stale-banner.js';
import { TvButton, useTv } from './tv.js';
import { WallView } from './wall-view.js';
import css from './floor.module.css';

const SAMPLE_MS = 500;

export default function FloorPage() {
  const { t } = useTranslation();
  const [address, setAddress] = useSearchParams();
  const query = useMemo(() => readQuery(address), [address]);
  const choose = useCallback(
    (change: Partial<FloorQuery>) =>
      setAddress((now) => writeQuery({ ...readQuery(now), ...change }), { replace: true }),
    [setAddress],
  );
  const roster = useRoster();
  const sample = useSampled(roster, SAMPLE_MS);
  const { alerts } = useOpenAlerts();
  const alarmed = useMemo(() => new Set([...alerts.values()].flatMap(({ agent }) => agent?.id ?? [])), [alerts]);
  const [selected, setSelected] = useState<string | null>(null);
  const [isFrozen, setFrozen] = useState(false);
  const [isHeld, setHeld] = useState(false);
  usePageTitle(t('nav.floor'));
  useTv(query.tv, () => choose({ tv: false }));
  useEffect(() => {
    if (selected && sample.view && !sample.view.rows.has(selected)) setSelected(null);
  }, [selected, sample.view]);

  return (
    <div className={css.floor} data-status={sample.status} data-tv={query.tv}>
      <header className={css.head}>
        <div className={css.title}>
          <h1>{t('nav.floor')}</h1>
          <Freshness sample={sample} />
        </div>
        {sample.view && <FloorSummary view={sample.view} query={query} choose={choose} alerts={alerts.size} />}
        <TvButton isOn={query.tv} choose={choose} />
      </header>
      <StaleBanner sample={sample} />
      {sample.view && (
        <FloorToolbar
          view={sample.view}
          query={query}
          choose={choose}
          isFrozen={isFrozen}
          isHeld={isHeld}
          onFreeze={setFrozen}
        />
      )}
      <div className={css.body}>
        {roster && sample.view ? (
          <WallView
            roster={roster}
            view={sample.view}
            query={query}
            selected={selected}
            onSelect={setSelected}
            isFrozen={isFrozen}
            alarmed={alarmed}
            onHold={setHeld}
          />
        ) : (
          <Loading />
        )}
        {selected && sample.view && (
          <Inspector view={sample.view} id={selected} ageMs={sample.ageMs} onClose={() => setSelected(null)} />
        )}
      </div>
      {sample.view && <FloorTable view={sample.view} query={query} />}
    </div>
  );
}
