/** What is shown, in the address: a reload or a copied link shows the same. */
import { PRESENCE_STATES, ROSTER_SORTS, type RosterQuery } from '#client';

/** The query that an address asks for; what it doesn't understand is left out. */
export function readQuery(search: string): RosterQuery {
  const asked = new URLSearchParams(search);
  const sort = ROSTER_SORTS.find((one) => one === asked.get('sort')) ?? 'density';
  const presence = PRESENCE_STATES.find((one) => one === asked.get('presence'));
  return { sort, presence, teamId: asked.get('team') ?? undefined, search: asked.get('q') ?? undefined };
}

/** The address of a query, relative to the page. */
export function writeQuery({ sort, presence, teamId, search }: RosterQuery): string {
  const asked = new URLSearchParams();
  if (sort !== 'density') asked.set('sort', sort);
  if (presence) asked.set('presence', presence);
  if (teamId) asked.set('team', teamId);
  if (search) asked.set('q', search);
  return asked.size > 0 ? `?${asked.toString()}` : location.pathname;
}
