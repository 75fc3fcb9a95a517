import {
  IconLayoutGrid,
  IconLayoutList,
  IconGridDots,
  IconPlayerPause,
  IconPlayerPlay,
  IconUsersGroup,
} from '@tabler/icons-react';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { ROSTER_SORTS, type RosterSort, type RosterView } from '#client';
import { IconButton } from '../design/icon-button.js';
import { SearchField } from '../design/search-field.js';
import type { FloorQuery } from './floor-query.js';
import { Legend } from './legend.js';
import type { SizeName } from './wall-layout.js';
import css from './floor.module.css';

interface Props {
  view: RosterView;
  query: FloorQuery;
  choose: (change: Partial<FloorQuery>) => void;
  isFrozen: boolean;
  isHeld: boolean;
  onFreeze: (frozen: boolean) => void;
}

const SIZE_ICONS = { large: IconLayoutList, medium: IconLayoutGrid, small: IconGridDots } satisfies Record<
  SizeName,
  unknown
>;

export function FloorToolbar({ view, query, choose, isFrozen, isHeld, onFreeze }: Props) {
  const { t } = useTranslation();
  return (
    <div className={css.toolbar}>
      <SearchField
        label={t('floor.find')}
        value={query.search ?? ''}
        onChange={(search) => choose({ search: search || undefined })}
      />
      <TeamSelect view={view} query={query} choose={choose} />
      <select
        className="plain-select"
        aria-label={t('floor.order')}
        value={query.sort}
        onChange={(event) => choose({ sort: event.currentTarget.value as RosterSort })}
      >
        {ROSTER_SORTS.map((sort) => (
          <option key={sort} value={sort}>
            {t(`floor.sort.${sort}`)}
          </option>
        ))}
      </select>
      <IconButton label={t('floor.byTeam')} pressed={query.byTeam} onClick={() => choose({ byTeam: !query.byTeam })}>
        <IconUsersGroup size={17} />
      </IconButton>
      <span className={css.sizes} role="group" aria-label={t('floor.size')}>
        {(Object.keys(SIZE_ICONS) as SizeName[]).map((size) => {
          const Icon = SIZE_ICONS[size];
          return (
            <IconButton
              key={size}
              label={t(`floor.sizes.${size}`)}
              pressed={query.size === size}
              onClick={() => choose({ size })}
            >
              <Icon size={17} />
            </IconButton>
          );
        })}
      </span>
      <IconButton
        label={t(isFrozen ? 'floor.unfreeze' : 'floor.freeze')}
        pressed={isFrozen}
        onClick={() => onFreeze(!isFrozen)}
      >
        {isFrozen ? <IconPlayerPlay size={17} /> : <IconPlayerPause size={17} />}
      </IconButton>
      <span className={css.held} aria-live="polite">
        {(isFrozen || isHeld) && t('floor.held')}
      </span>
      <Legend />
    </div>
  );
}

function TeamSelect({ view, query, choose }: Pick<Props, 'view' | 'query' | 'choose'>) {
  const { t } = useTranslation();
  const teams = useMemo(() => [...view.teams.values()].sort((a, b) => a.name.localeCompare(b.name)), [view.teams]);
  return (
    <select
      className="plain-select"
      aria-label={t('floor.team')}
      value={query.teamId ?? ''}
      onChange={(event) => choose({ teamId: event.currentTarget.value || undefined })}
    >
      <option value="">{t('floor.allTeams')}</option>
      {teams.map(({ id, name }) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
    </select>
  );
}
