/** What was: messages over time, time in state, occupancy and handling; as charts, tables and files. */
import { IconRefresh } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import { useTime } from '../design/format.js';
import { IconButton } from '../design/icon-button.js';
import { PageHead } from '../design/page.js';
import { ConnectionNote } from '../live/connection-note.js';
import { useKnownTeams } from '../teams/use-known-teams.js';
import { DensityReport } from './density-report.js';
import { OccupancyReport } from './occupancy-report.js';
import { PresenceReport } from './presence-report.js';
import { RANGES, rangeOf } from './report-range.js';
import type { ReportQuery } from './use-reports.js';
import css from './reports.module.css';

const GROUPS = ['agent', 'team'] as const;

export default function ReportsPage() {
  const { t } = useTranslation();
  const time = useTime();
  const [address, setAddress] = useSearchParams();
  const [askedAt, setAskedAt] = useState(Date.now);
  const range = RANGES.find((one) => one === address.get('range')) ?? 'day';
  const teamId = address.get('team');
  const groupBy = GROUPS.find((one) => one === address.get('rows')) ?? 'agent';
  const query = useMemo<ReportQuery>(
    () => ({ ...rangeOf(range, askedAt), teamId, groupBy }),
    [range, askedAt, teamId, groupBy],
  );
  const set = (name: string, value: string): void => {
    setAskedAt(Date.now());
    setAddress(
      (now) => {
        if (value) now.set(name, value);
        else now.delete(name);
        return now;
      },
      { replace: true },
    );
  };
  return (
    <>
      <PageHead
        title={t('nav.reports')}
        note={
          <span className={css.asOf}>
            {t('reports.asOf', { time: time(new Date(askedAt).toISOString()) })}
            <IconButton label={t('reports.refresh')} onClick={() => setAskedAt(Date.now())}>
              <IconRefresh size={17} />
            </IconButton>
            <ConnectionNote />
          </span>
        }
      >
        <Choice
          label={t('reports.range')}
          value={range}
          options={RANGES.map((one) => [one, t(`reports.ranges.${one}`)])}
          onChange={(value) => set('range', value)}
        />
        <TeamChoice value={teamId} onChange={(value) => set('team', value)} />
        <Choice
          label={t('reports.groupBy')}
          value={groupBy}
          options={GROUPS.map((one) => [one, t(`reports.groups.${one}`)])}
          onChange={(value) => set('rows', value)}
        />
      </PageHead>
      <div className={css.reports}>
        <DensityReport query={query} />
        <OccupancyReport query={query} />
        <PresenceReport query={query} />
        <p className="muted">{t('reports.utc')}</p>
      </div>
    </>
  );
}

function TeamChoice({ value, onChange }: { value: string | null; onChange: (value: string) => void }) {
  const { t } = useTranslation();
  const teams = useKnownTeams();
  return (
    <Choice
      label={t('floor.team')}
      value={value ?? ''}
      options={[['', t('floor.allTeams')], ...teams.map(({ id, name }) => [id, name] as const)]}
      onChange={onChange}
    />
  );
}

interface ChoiceProps {
  label: string;
  value: string;
  options: readonly (readonly [value: string, text: string])[];
  onChange: (value: string) => void;
}

function Choice({ label, value, options, onChange }: ChoiceProps) {
  return (
    <select
      className="plain-select"
      aria-label={label}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    >
      {options.map(([key, text]) => (
        <option key={key} value={key}>
          {text}
        </option>
      ))}
    </select>
  );
}
