import { useTranslation } from 'react-i18next';
import { PRESENCE_STATES, type Lifecycle, type PresenceState } from '#client';
import { SearchField } from '../design/search-field.js';
import { useTeams } from '../teams/use-teams.js';
import type { AgentsQuery } from './agents-query.js';
import css from './agents.module.css';

interface Props {
  query: AgentsQuery;
  choose: (change: Partial<AgentsQuery>) => void;
}

const SEARCH_AFTER_MS = 250;

export function AgentFilters({ query, choose }: Props) {
  const { t } = useTranslation();
  const { data: teams = [] } = useTeams();
  return (
    <div className={css.filters}>
      <SearchField label={t('agents.find')} value={query.q} onChange={(q) => choose({ q })} afterMs={SEARCH_AFTER_MS} />
      <Choice
        label={t('agents.team')}
        all={t('floor.allTeams')}
        value={query.teamId}
        options={teams.map(({ id, name }) => [id, name])}
        onChange={(teamId) => choose({ teamId })}
      />
      <Choice
        label={t('agents.status')}
        all={t('agents.anyStatus')}
        value={query.status}
        options={(['active', 'inactive'] as const).map((status) => [status, t(`lifecycle.${status}`)])}
        onChange={(status) => choose({ status: status as Lifecycle | null })}
      />
      <Choice
        label={t('agents.presence')}
        all={t('agents.anyPresence')}
        value={query.presence}
        options={PRESENCE_STATES.map((state) => [state, t(`presence.${state}`)])}
        onChange={(presence) => choose({ presence: presence as PresenceState | null })}
      />
      <Choice
        label={t('agents.hidePhone')}
        all={t('agents.anyPhone')}
        value={query.hidePhone === null ? null : String(query.hidePhone)}
        options={[
          ['true', t('agents.phoneHidden')],
          ['false', t('agents.phoneShown')],
        ]}
        onChange={(value) => choose({ hidePhone: value === null ? null : value === 'true' })}
      />
    </div>
  );
}

interface ChoiceProps {
  label: string;
  all: string;
  value: string | null;
  options: readonly (readonly [value: string, text: string])[];
  onChange: (value: string | null) => void;
}

function Choice({ label, all, value, options, onChange }: ChoiceProps) {
  return (
    <select
      className="plain-select"
      aria-label={label}
      value={value ?? ''}
      data-set={value !== null}
      onChange={(event) => onChange(event.currentTarget.value || null)}
    >
      <option value="">{all}</option>
      {options.map(([key, text]) => (
        <option key={key} value={key}>
          {text}
        </option>
      ))}
    </select>
  );
}
