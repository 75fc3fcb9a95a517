import { containing } from '../../platform/database/keyset.js';
import type { ExportQuery } from './export.query.js';

export interface ExportRow {
  id: string;
  name: string;
  email: string;
  phone: string;
  team_id: string;
  team_name: string;
  hide_phone: boolean;
  status: string;
  notes: string | null;
  capacity: number | null;
  /** As PostgreSQL writes it: exact. */
  created_at: string;
}

/** `$1`: workspace, `$2`: page size, `$3`–`$7`: filters, `$8`, `$9`: the last row of the page before, or nulls. */
export const EXPORT_PAGE_SQL = `
select a.id, a.name, a.email, a.phone, a.team_id, t.name as team_name, a.hide_phone, a.status, a.notes, a.capacity,
  a.created_at::text as created_at
from agent a join team t on t.id = a.team_id join agent_presence p on p.agent_id = a.id
where a.workspace_id = $1 and a.deleted_at is null
  and ($3::text is null or a.name ilike $3 or a.email ilike $3)
  and ($4::uuid is null or a.team_id = $4) and ($5::text is null or a.status = $5)
  and ($6::text is null or p.state = $6) and ($7::boolean is null or a.hide_phone = $7)
  and ($8::timestamptz is null or (a.created_at, a.id) > ($8::timestamptz, $9::uuid))
order by a.created_at, a.id limit $2`;

export function filtersOf({ q, teamId, status, presence, hidePhone }: ExportQuery): unknown[] {
  return [q ? containing(q) : null, teamId ?? null, status ?? null, presence ?? null, hidePhone ?? null];
}
