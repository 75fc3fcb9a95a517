import type { Comparison, DensityWindow, ThresholdKind, ThresholdView } from '#contracts';
import { containing, keyset, type SortColumn } from '../platform/database/keyset.js';
import type { PageQuery } from '../platform/http/page.js';
import { conditionOf } from './threshold.entity.js';

export interface ThresholdRow {
  id: string;
  name: string;
  kind: ThresholdKind;
  team_id: string | null;
  comparison: Comparison;
  value: number;
  density_window: DensityWindow | null;
  for_minutes: number;
  enabled: boolean;
  open_alerts: number;
  version: number;
  created_at: Date;
  updated_at: Date;
  cursor: string[];
}

const SORTS: Record<string, SortColumn> = {
  name: { sql: 'lower(h.name)', type: 'text' },
  kind: { sql: 'h.kind', type: 'text' },
  createdAt: { sql: 'h.created_at', type: 'timestamptz' },
};

const select = (cursor: string) => `
select h.*, ${cursor} as cursor,
  (select count(*)::int from alert a where a.threshold_id = h.id and a.cleared_at is null) as open_alerts
from threshold h where h.workspace_id = $1`;

/** One threshold. `$1`: workspace, `$2`: id. */
export const THRESHOLD_SQL = `${select("'{}'::text[]")} and h.id = $2`;

/** A page of thresholds; `q` searches names. */
export function thresholdPage(workspaceId: string, page: PageQuery): { text: string; values: unknown[] } {
  const keys = keyset(page, SORTS, { fallback: 'name', id: 'h.id', firstParam: 4 });
  const text = `${select(keys.cursor)} and ($2::text is null or h.name ilike $2) and ${keys.where}
order by ${keys.order} limit $3`;
  return { text, values: [workspaceId, page.q ? containing(page.q) : null, page.limit + 1, ...keys.params] };
}

export function toThresholdView(row: ThresholdRow): ThresholdView {
  const { kind, comparison, value } = row;
  return {
    id: row.id,
    name: row.name,
    ...conditionOf({
      kind,
      comparison,
      value,
      teamId: row.team_id,
      densityWindow: row.density_window,
      forMinutes: row.for_minutes,
    }),
    enabled: row.enabled,
    openAlerts: row.open_alerts,
    version: row.version,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}
