import type { PoolClient } from 'pg';
import type { DensityWindows } from '#contracts';
import { BUCKET_MS, SPANS } from './window.js';

/** The windows of a workspace by brute force, as one snapshot sees the stored interactions. */
export interface CountedWindows {
  /** `pg_current_snapshot()`. */
  snapshot: string;
  agents: Map<string, DensityWindows>;
  teams: Map<string, DensityWindows>;
}

type Row = DensityWindows & { agentId: string | null; teamId: string | null };

const count = (window: keyof DensityWindows) =>
  `count(*) filter (where at >= $3::timestamptz - make_interval(secs => ${(SPANS[window] * BUCKET_MS) / 1_000}))::int`;

/** `$1`: workspace, `$2`: the longest window's beginning, `$3`: the end of the bucket that is now. */
const WINDOWS_SQL = `
select agent_id as "agentId", team_id as "teamId",
  ${count('m1')} as m1, ${count('m5')} as m5, ${count('m15')} as m15, count(*)::int as h1
from interaction where workspace_id = $1 and at >= $2 and at < $3
group by grouping sets ((agent_id), (team_id))`;

/** The windows when `bucket` is now. `client`: in a snapshot of its own. */
export async function countWindows(client: PoolClient, workspaceId: string, bucket: number): Promise<CountedWindows> {
  const { rows: seen } = await client.query<{ snapshot: string }>('select pg_current_snapshot()::text as snapshot');
  const end = (bucket + 1) * BUCKET_MS;
  const times = [new Date(end - SPANS.h1 * BUCKET_MS), new Date(end)];
  const { rows } = await client.query<Row>(WINDOWS_SQL, [workspaceId, ...times]);
  const by = (id: 'agentId' | 'teamId') =>
    new Map(rows.flatMap((row) => (row[id] === null ? [] : [[row[id], windowsOf(row)] as const])));
  return { snapshot: seen[0]?.snapshot ?? '', agents: by('agentId'), teams: by('teamId') };
}

function windowsOf({ m1, m5, m15, h1 }: DensityWindows): DensityWindows {
  return { m1, m5, m15, h1 };
}
