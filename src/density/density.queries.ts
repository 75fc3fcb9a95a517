import type { DensityView } from '#contracts';
import { BUCKET_MS, bucketOf, type Increment, SPANS } from './window.js';

interface Queryable {
  query<Row extends object>(text: string, values: unknown[]): Promise<{ rows: Row[] }>;
}

/** Counts of one agent in one direction over the four windows. */
interface WindowRow {
  agent_id: string;
  direction: 'inbound' | 'outbound';
  m1: number;
  m5: number;
  m15: number;
  h1: number;
}

const NONE = { m1: 0, m5: 0, m15: 0, h1: 0 };

/**
 * The windows of agents at `now`, counted from the stored interactions: a window of N buckets ends with the
 * current one, `(c - N, c]`.
 */
export async function windowsOf(pool: Queryable, agentIds: string[], now: number): Promise<Map<string, DensityView>> {
  const end = (bucketOf(now) + 1) * BUCKET_MS;
  const start = (minutes: number) => new Date(end - minutes * 60_000);
  const { rows } = await pool.query<WindowRow>(
    `select agent_id, direction,
       count(*) filter (where at >= $3)::int as m1, count(*) filter (where at >= $4)::int as m5,
       count(*) filter (where at >= $5)::int as m15, count(*)::int as h1
     from interaction
     where agent_id = any($1::uuid[]) and at >= $6 and at < $2
     group by agent_id, direction`,
    [agentIds, new Date(end), start(1), start(5), start(15), start(60)],
  );
  return new Map([...Map.groupBy(rows, (row) => row.agent_id)].map(([id, counted]) => [id, toView(counted)]));
}

/**
 * What the windows of a workspace are made of when `bucket` is now: the stored interactions of the last hour, and
 * those dated ahead, up to `end`. Run it in the transaction whose snapshot says what was seen.
 */
export async function countsSince(
  client: Queryable,
  workspaceId: string,
  bucket: number,
  end: Date | 'infinity' = 'infinity',
): Promise<Increment[]> {
  const { rows } = await client.query<Increment>(
    `select agent_id as "agentId", team_id as "teamId",
       floor(extract(epoch from at) * 1000 / ${BUCKET_MS})::float8 as bucket,
       count(*) filter (where direction = 'inbound')::int as inbound,
       count(*) filter (where direction = 'outbound')::int as outbound
     from interaction
     where workspace_id = $1 and at >= $2 and at < $3
     group by agent_id, team_id, bucket`,
    [workspaceId, new Date((bucket - SPANS.h1 + 1) * BUCKET_MS), end],
  );
  return rows;
}

function toView(rows: WindowRow[]): DensityView {
  const of = (direction: WindowRow['direction']) => {
    const row = rows.find((candidate) => candidate.direction === direction);
    return row ? { m1: row.m1, m5: row.m5, m15: row.m15, h1: row.h1 } : NONE;
  };
  const inbound = of('inbound');
  const outbound = of('outbound');
  return {
    m1: inbound.m1 + outbound.m1,
    m5: inbound.m5 + outbound.m5,
    m15: inbound.m15 + outbound.m15,
    h1: inbound.h1 + outbound.h1,
    inbound,
    outbound,
  };
}
