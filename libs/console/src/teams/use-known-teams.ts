import { useQuery } from '@tanstack/react-query';
import type { Reference } from '#client';
import { allTeams, TEAMS } from './use-teams.js';
import { useMay, useMe } from '../session/use-me.js';

/** The teams one may know of: all for who may read teams, else one's own. */
export function useKnownTeams(): readonly Reference[] {
  const { team } = useMe();
  const mayRead = useMay('teams.read', 'teams.manage');
  const { data } = useQuery({ queryKey: TEAMS, queryFn: allTeams, enabled: mayRead, staleTime: 60_000 });
  return data ?? [team];
}
