/** What the floor shows, in the address: a reload or a copied link shows the same. Pure. */
import { PRESENCE_STATES, ROSTER_SORTS, type RosterQuery } from '#client';
import { type SizeName, SIZES } from './wall-layout.js';

export interface FloorQuery extends RosterQuery {
  byTeam: boolean;
  size: SizeName;
  tv: boolean;
}

/** The query that an address asks for; what it doesn't understand is left out. */
export function readQuery(asked: URLSearchParams): FloorQuery {
  const sizes = Object.keys(SIZES) as SizeName[];
  return {
    sort: ROSTER_SORTS.find((one) => one === asked.get('sort')) ?? 'density',
    presence: PRESENCE_STATES.find((one) => one === asked.get('presence')),
    teamId: asked.get('team') ?? undefined,
    search: asked.get('q') ?? undefined,
    byTeam: asked.get('by') !== 'none',
    size: sizes.find((one) => one === asked.get('size')) ?? 'medium',
    tv: asked.get('tv') === 'on',
  };
}

export function writeQuery({ sort, presence, teamId, search, byTeam, size, tv }: FloorQuery): URLSearchParams {
  const asked = new URLSearchParams();
  if (sort !== 'density') asked.set('sort', sort);
  if (presence) asked.set('presence', presence);
  if (teamId) asked.set('team', teamId);
  if (search) asked.set('q', search);
  if (!byTeam) asked.set('by', 'none');
  if (size !== 'medium') asked.set('size', size);
  if (tv) asked.set('tv', 'on');
  return asked;
}
