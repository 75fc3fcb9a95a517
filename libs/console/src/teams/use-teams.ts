import { useQuery } from '@tanstack/react-query';
import { everyPage, type PermissionModule, type TeamView } from '#client';
import { muster } from '../session/session.js';

export const TEAMS = ['teams'] as const;

export async function allTeams(): Promise<TeamView[]> {
  const teams: TeamView[] = [];
  for await (const team of everyPage((params) => muster.teams.list(params), { limit: 200, sort: 'name' }))
    teams.push(team);
  return teams;
}

/** All teams by name. */
export function useTeams(refetchMs: number | false = false) {
  return useQuery({ queryKey: TEAMS, queryFn: allTeams, refetchInterval: refetchMs });
}

/** What there are permissions for. It changes with the server only. */
export function useCatalogue() {
  return useQuery({
    queryKey: ['catalogue'],
    queryFn: async (): Promise<PermissionModule[]> => (await muster.permissions()).data,
    staleTime: Infinity,
  });
}
