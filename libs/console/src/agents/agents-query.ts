/** What the list of agents shows, in the address. Pure. */
import type { AgentExportParams, AgentListParams, Lifecycle, PresenceState } from '#client';

const STATUSES: readonly Lifecycle[] = ['active', 'inactive'];
const PRESENCES: readonly PresenceState[] = ['available', 'busy', 'away', 'offline'];
/** What the server can sort by. */
export const AGENT_SORTS = ['name', 'team', 'presence', 'status', 'createdAt'] as const;
export type AgentSort = (typeof AGENT_SORTS)[number];

export interface AgentsQuery {
  q: string;
  teamId: string | null;
  status: Lifecycle | null;
  presence: PresenceState | null;
  hidePhone: boolean | null;
  sort: AgentSort;
  isDescending: boolean;
}

export function readAgentsQuery(asked: URLSearchParams): AgentsQuery {
  const sort = asked.get('sort') ?? 'name';
  const hide = asked.get('hidePhone');
  return {
    q: asked.get('q') ?? '',
    teamId: asked.get('team'),
    status: STATUSES.find((one) => one === asked.get('status')) ?? null,
    presence: PRESENCES.find((one) => one === asked.get('presence')) ?? null,
    hidePhone: hide === 'true' ? true : hide === 'false' ? false : null,
    sort: AGENT_SORTS.find((one) => one === sort.replace(/^-/, '')) ?? 'name',
    isDescending: sort.startsWith('-'),
  };
}

export function writeAgentsQuery({
  q,
  teamId,
  status,
  presence,
  hidePhone,
  sort,
  isDescending,
}: AgentsQuery): URLSearchParams {
  const asked = new URLSearchParams();
  if (q) asked.set('q', q);
  if (teamId) asked.set('team', teamId);
  if (status) asked.set('status', status);
  if (presence) asked.set('presence', presence);
  if (hidePhone !== null) asked.set('hidePhone', String(hidePhone));
  if (sort !== 'name' || isDescending) asked.set('sort', `${isDescending ? '-' : ''}${sort}`);
  return asked;
}

/** The query as the server is asked. */
export function paramsOf(query: AgentsQuery): AgentListParams {
  return { sort: `${query.isDescending ? '-' : ''}${query.sort}`, ...filtersOf(query) };
}

/** Which agents the query is about, in whatever order. */
export function filtersOf({ q, teamId, status, presence, hidePhone }: AgentsQuery): AgentExportParams {
  return {
    ...(q && { q }),
    ...(teamId && { teamId }),
    ...(status && { status }),
    ...(presence && { presence }),
    ...(hidePhone !== null && { hidePhone }),
  };
}

/** The order after a click on a column: it, then the other way round. */
export function sortBy(query: AgentsQuery, sort: AgentSort): Pick<AgentsQuery, 'sort' | 'isDescending'> {
  return { sort, isDescending: query.sort === sort ? !query.isDescending : false };
}

/** Whether a change of the query is about which agents, not only about their order. */
export function isFiltering(change: Partial<AgentsQuery>): boolean {
  return Object.keys(change).some((key) => key !== 'sort' && key !== 'isDescending');
}

export function isFiltered({ q, teamId, status, presence, hidePhone }: AgentsQuery): boolean {
  return Boolean(q || teamId || status || presence || hidePhone !== null);
}
