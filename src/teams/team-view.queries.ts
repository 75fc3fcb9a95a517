import type { Lifecycle, Page, Permission, ReleasePolicy, TeamView } from '#contracts';
import { containing, keyset, type SortColumn } from '../platform/database/keyset.js';
import { type PageQuery, toPage } from '../platform/http/page.js';

/** Anything that runs SQL: a pool or a client. */
interface Queryable {
  query<Row extends object>(text: string, values: unknown[]): Promise<{ rows: Row[] }>;
}

interface TeamRow {
  id: string;
  name: string;
  description: string | null;
  status: Lifecycle;
  permissions: Permission[];
  capacity: number;
  release_policy: ReleasePolicy;
  auto_assign: boolean;
  version: number;
  blueprint_version: number;
  agents: number;
  synced: number;
  created_at: Date;
  updated_at: Date;
  cursor: string[];
}

const SORTS: Record<string, SortColumn> = {
  name: { sql: 'lower(t.name)', type: 'text' },
  createdAt: { sql: 't.created_at', type: 'timestamptz' },
  updatedAt: { sql: 't.updated_at', type: 'timestamptz' },
  status: { sql: 't.status', type: 'text' },
};

/** Counted by `team_sync`: a large team costs no more than a small one. */
const SELECT = `
select t.*, counts.agents, counts.synced, %cursor% as cursor
from team t, lateral (
  select coalesce(sum(c.agents), 0)::int as agents,
    coalesce(sum(c.agents) filter (where c.synced_version >= t.blueprint_version), 0)::int as synced
  from team_sync c where c.team_id = t.id
) counts`;

/** A page of the workspace's teams. `q` searches names. */
export async function listTeams(pool: Queryable, workspaceId: string, page: PageQuery): Promise<Page<TeamView>> {
  const keys = keyset(page, SORTS, { fallback: 'name', id: 't.id', firstParam: 4 });
  const { rows } = await pool.query<TeamRow>(
    `${SELECT.replace('%cursor%', keys.cursor)}
     where t.workspace_id = $1 and t.deleted_at is null and ($2::text is null or t.name ilike $2) and ${keys.where}
     order by ${keys.order} limit $3`,
    [workspaceId, page.q ? containing(page.q) : null, page.limit + 1, ...keys.params],
  );
  return toPage(rows, page.limit, toView, (row) => row.cursor);
}

/** One team of the workspace, or null. */
export async function findTeam(pool: Queryable, workspaceId: string, id: string): Promise<TeamView | null> {
  const { rows } = await pool.query<TeamRow>(
    `${SELECT.replace('%cursor%', "'{}'::text[]")} where t.workspace_id = $1 and t.id = $2 and t.deleted_at is null`,
    [workspaceId, id],
  );
  return rows[0] ? toView(rows[0]) : null;
}

function toView(row: TeamRow): TeamView {
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    status: row.status,
    permissions: row.permissions,
    capacity: row.capacity,
    releasePolicy: row.release_policy,
    autoAssign: row.auto_assign,
    version: row.version,
    agents: row.agents,
    sync: { version: row.blueprint_version, synced: row.synced, total: row.agents },
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}
