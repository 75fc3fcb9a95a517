import type { AgentView, Availability, DensityView, Lifecycle, PresenceState } from '#contracts';
import { agentIds } from './agent-page.queries.js';
import type { ListAgentsQuery } from './agents.query.js';

/** An agent joined with what the list shows of it, all from PostgreSQL: what was acknowledged is in it. */
export interface AgentRow {
  id: string;
  name: string;
  email: string;
  phone: string;
  team_id: string;
  team_name: string;
  status: Lifecycle;
  hide_phone: boolean;
  notes: string | null;
  own_capacity: number | null;
  capacity: number;
  state: PresenceState;
  availability: Availability;
  connected: boolean;
  since: Date;
  last_seen_at: Date | null;
  open: number;
  waiting: number;
  oldest_waiting_at: Date | null;
  blueprint_version: number;
  synced_version: number;
  synced_at: Date | null;
  version: number;
  created_at: Date;
  updated_at: Date;
  cursor: string[];
}

/** The rows of a page as agents. `page`: their ids, in their order. */
const select = (page: string, cursor: string) => `
select a.id, a.name, a.email, a.phone, a.team_id, t.name as team_name, a.status, a.hide_phone, a.notes,
  a.capacity as own_capacity, coalesce(a.capacity, t.capacity) as capacity,
  p.state, p.availability, p.connected, p.since, p.last_seen_at,
  load.open, load.waiting, load.oldest_waiting_at,
  t.blueprint_version, coalesce(s.synced_version, 0) as synced_version, s.synced_at,
  a.version, a.created_at, a.updated_at, ${cursor} as cursor
from (select ordered.*, row_number() over () as position from (${page}) ordered) page
join agent a on a.id = page.id
join team t on t.id = a.team_id
join agent_presence p on p.agent_id = a.id
left join agent_sync s on s.agent_id = a.id
cross join lateral (
  select count(*)::int as open, count(c.waiting_since)::int as waiting, min(c.waiting_since) as oldest_waiting_at
  from conversation c where c.assignee_id = a.id and c.status = 'open'
) load
order by page.position`;

/** One agent. `$1`: workspace, `$2`: id. */
export const AGENT_SQL = select(
  `select a.id from agent a where a.workspace_id = $1 and a.id = $2 and a.deleted_at is null`,
  `'{}'::text[]`,
);

/** A page of agents, with its parameters. */
export function agentPage(workspaceId: string, query: ListAgentsQuery): { text: string; values: unknown[] } {
  const { with: before, page, cursor, values } = agentIds(workspaceId, query);
  return { text: `${before} ${select(page, cursor)}`, values };
}

export function toAgentView(row: AgentRow, density: DensityView): AgentView {
  return {
    id: row.id,
    name: row.name,
    email: row.email,
    phone: row.phone,
    team: { id: row.team_id, name: row.team_name },
    status: row.status,
    hidePhone: row.hide_phone,
    notes: row.notes,
    capacity: row.own_capacity,
    presence: {
      state: row.state,
      availability: row.availability,
      connected: row.connected,
      since: row.since.toISOString(),
    },
    load: { open: row.open, capacity: row.capacity, ratio: row.capacity > 0 ? row.open / row.capacity : null },
    waiting: { count: row.waiting, oldestAt: row.oldest_waiting_at?.toISOString() ?? null },
    density,
    sync: {
      version: row.blueprint_version,
      syncedVersion: row.synced_version,
      syncedAt: row.synced_at?.toISOString() ?? null,
    },
    lastSeenAt: row.last_seen_at?.toISOString() ?? null,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
    version: row.version,
  };
}
