import type { PoolClient } from 'pg';

/** Which interactions of a workspace: those of a stretch of time, of a team or an agent or all. */
export interface Counted {
  workspaceId: string;
  /** From here on, before there: whole minutes. */
  from: Date;
  to: Date;
  teamId?: string | undefined;
  agentId?: string | undefined;
}

/** Interactions by direction. */
export interface Tally {
  inbound: number;
  outbound: number;
}

interface Watermark {
  snapshot: string;
  xmin: string;
  /** While a long history is being counted: up to which snapshot, and of what is dated before when, it is already. */
  goal: string | null;
  countedBefore: Date | null;
}

/** Of a stretch's minutes and of what they don't count yet. `$1`–`$5`: `Counted`, `$6`–`$9`: the watermark. */
const HISTORY = `
  select agent_id, minute as at, inbound, outbound from density_minute
  where workspace_id = $1 and minute >= $2 and minute < $3
    and ($4::uuid is null or team_id = $4) and ($5::uuid is null or agent_id = $5)
  union all
  select agent_id, at, (direction = 'inbound')::int, (direction = 'outbound')::int from interaction
  where workspace_id = $1 and at >= $2 and at < $3
    and ($4::uuid is null or team_id = $4) and ($5::uuid is null or agent_id = $5)
    and xid >= $6::bigint and not txid_visible_in_snapshot(xid,
      case when at < $9::timestamptz then $8::text::txid_snapshot else $7::text::txid_snapshot end)`;

const SUMS = 'coalesce(sum(inbound), 0)::float8 as inbound, coalesce(sum(outbound), 0)::float8 as outbound';

/** By buckets of so many seconds, counted from midnight UTC; those with nothing in them are missing. `$10`: seconds. */
const BUCKETS_SQL = `
select extract(epoch from date_bin(make_interval(secs => $10), at, '2000-01-01T00:00:00Z'))::float8 * 1000 as at, ${SUMS}
from (${HISTORY}) counted group by 1 order by 1`;

/** By agents. `$10`: their ids. */
const AGENTS_SQL = `
select agent_id as "agentId", ${SUMS} from (${HISTORY}) counted where agent_id = any($10::uuid[]) group by 1`;

/**
 * Exactly the interactions that the client's snapshot sees, however far behind the minutes are. Must be one snapshot:
 * the watermark and what it divides belong together.
 */
async function read<Row extends object>(client: PoolClient, text: string, counted: Counted, last: unknown) {
  // A new partition has no statistics: what isn't counted yet is found by its index, whatever the planner thinks.
  await client.query('set local enable_seqscan = off');
  const { rows } = await client.query<Watermark>(
    `select snapshot::text as snapshot, txid_snapshot_xmin(snapshot)::text as xmin, goal::text as goal,
       counted_before as "countedBefore"
     from density_watermark`,
  );
  const { workspaceId, from, to, teamId = null, agentId = null } = counted;
  const [{ snapshot, xmin, goal, countedBefore }] = rows as [Watermark];
  const watermark = [xmin, snapshot, goal, countedBefore];
  return (await client.query<Row>(text, [workspaceId, from, to, teamId, agentId, ...watermark, last])).rows;
}

/** Interactions by buckets of `seconds`, by the bucket's beginning in milliseconds. */
export async function countsByBucket(
  client: PoolClient,
  counted: Counted,
  seconds: number,
): Promise<Map<number, Tally>> {
  const rows = await read<Tally & { at: number }>(client, BUCKETS_SQL, counted, seconds);
  return new Map(rows.map(({ at, inbound, outbound }) => [at, { inbound, outbound }]));
}

/** Interactions of agents, by their ids. */
export async function countsByAgent(
  client: PoolClient,
  counted: Omit<Counted, 'teamId' | 'agentId'>,
  agentIds: string[],
): Promise<Map<string, Tally>> {
  const rows = await read<Tally & { agentId: string }>(client, AGENTS_SQL, counted, agentIds);
  return new Map(rows.map(({ agentId, inbound, outbound }) => [agentId, { inbound, outbound }]));
}
