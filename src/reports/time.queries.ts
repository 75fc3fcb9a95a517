/**
 * Time in state, and time with open conversations, from the stretches of time that are history. The formulas are those
 * of docs/reports.md; one statement each, so that a page of agents is read at once.
 */
import type { PoolClient } from 'pg';
import type { DurationSummary, PresenceState } from '#contracts';
import type { Subject } from './subjects.queries.js';

/** A stretch of time: from its beginning on, before its end. */
export interface Stretch {
  from: Date;
  to: Date;
}

/** Who counts for whom, as rows: `$1` agents, `$2` subjects. */
const MEMBERS = `members as (select * from unnest($1::uuid[], $2::uuid[]) as m (agent_id, subject))`;

/**
 * Presence within the stretch: of one agent, stretches follow one another, so those that began within it and the last
 * that began before are all. `$3`: from, `$4`: to.
 */
const PRESENCE = `presence as (
  select m.agent_id, m.subject, i.state, greatest(i.started_at, $3) as starts,
    least(coalesce(i.ended_at, 'infinity'), $4) as ends
  from members m cross join lateral (
    (select state, started_at, ended_at from presence_interval where agent_id = m.agent_id and started_at <= $3
      order by started_at desc, ended_at desc nulls first limit 1)
    union all
    select state, started_at, ended_at from presence_interval
    where agent_id = m.agent_id and started_at > $3 and started_at < $4
  ) i
  where greatest(i.started_at, $3) < least(coalesce(i.ended_at, 'infinity'), $4)
)`;

const ms = (length: string) => `round(coalesce(sum(extract(epoch from ${length}) * 1000), 0))::float8`;

const STATES_SQL = `
with ${MEMBERS}, ${PRESENCE}
select subject, state, ${ms('ends - starts')} as ms from presence group by 1, 2`;

/** Time in each state, by subject. */
export async function timeInStates(
  client: PoolClient,
  subjects: readonly Subject[],
  stretch: Stretch,
): Promise<{ subject: string; state: PresenceState; ms: number }[]> {
  return (
    await client.query<{ subject: string; state: PresenceState; ms: number }>(STATES_SQL, values(subjects, stretch))
  ).rows;
}

/** Time present and occupied, of one subject. */
export interface Occupied {
  subject: string;
  occupiedMs: number;
  /** Of all open conversations together. */
  openMs: number;
  /** The same, within present time. */
  openWhilePresentMs: number;
}

const OCCUPIED_SQL = `
with ${MEMBERS}, ${PRESENCE}, present as (
  select agent_id, range_agg(tstzrange(starts, ends)) as times from presence
  where state in ('available', 'busy') group by agent_id
), had as materialized (
  select m.agent_id, m.subject, tstzrange(i.started_at, i.ended_at) * tstzrange($3, $4) as time
  from assignments_within(tstzrange($3, $4)) i join members m using (agent_id)
  where i.workspace_id = $5
), per_agent as (
  select agent_id, subject, range_agg(time) as times, ${ms('upper(time) - lower(time)')} as open_ms
  from had group by 1, 2
)
select p.subject, coalesce(sum(occupied.ms), 0) as "occupiedMs", sum(p.open_ms) as "openMs",
  coalesce(sum(within.ms), 0) as "openWhilePresentMs"
from per_agent p left join present using (agent_id)
cross join lateral (
  select ${ms('upper(o) - lower(o)')} as ms from unnest(p.times * present.times) as o
) occupied
cross join lateral (
  select ${ms('upper(o) - lower(o)')} as ms
  from had h cross join lateral unnest(tstzmultirange(h.time) * present.times) as o where h.agent_id = p.agent_id
) within
group by p.subject`;

/** Time with open conversations, by subject. `client`: of the workspace. */
export async function occupiedTime(
  client: PoolClient,
  workspaceId: string,
  subjects: readonly Subject[],
  stretch: Stretch,
): Promise<Occupied[]> {
  return (await client.query<Occupied>(OCCUPIED_SQL, [...values(subjects, stretch), workspaceId])).rows;
}

export type Summary = DurationSummary & { subject: string };

/** Durations in milliseconds, `length`, as a summary. */
const SUMMARY = `count(*)::int as count, round(avg(length))::float8 as "averageMs",
  round((percentile_cont(0.5) within group (order by length::float8))::numeric)::float8 as "medianMs",
  round(max(length))::float8 as "longestMs"`;

const HANDLED_SQL = `
with ${MEMBERS}
select subject, ${SUMMARY}
from (
  select m.subject, extract(epoch from i.ended_at - i.started_at) * 1000 as length
  from assignments_within(tstzrange($3, $4)) i join members m using (agent_id)
  where i.workspace_id = $5
    and i.ended_at > $3 and i.ended_at <= $4
) handled
group by subject`;

/** How long conversations were had that ended, for who had them, within the stretch. `client`: of the workspace. */
export async function handledTime(
  client: PoolClient,
  workspaceId: string,
  subjects: readonly Subject[],
  stretch: Stretch,
): Promise<Summary[]> {
  return (await client.query<Summary>(HANDLED_SQL, [...values(subjects, stretch), workspaceId])).rows;
}

/**
 * An answer is the first outbound message after one or more inbound ones; the customer waited since the first of those.
 * Messages are looked at from 7 days before the stretch on. Of one moment, inbound ones come first.
 */
const WAITED_SQL = `
with ${MEMBERS}, answered as (
  select distinct conversation_id from interaction
  where agent_id = any($1::uuid[]) and workspace_id = $5 and direction = 'outbound' and at >= $3 and at < $4
), turns as (
  select conversation_id, direction, at, agent_id,
    count(*) filter (where direction = 'outbound') over (partition by conversation_id order by at, direction, id
      rows between unbounded preceding and 1 preceding) as turn
  from interaction
  where conversation_id in (select conversation_id from answered) and workspace_id = $5
    and at >= $3::timestamptz - interval '7 days' and at < $4
), waits as (
  select direction, at, agent_id,
    min(at) filter (where direction = 'inbound') over (partition by conversation_id, turn) as since
  from turns
)
select m.subject, ${SUMMARY}
from (
  select agent_id, extract(epoch from at - since) * 1000 as length from waits
  where direction = 'outbound' and at >= $3 and since is not null
) w join members m using (agent_id)
group by m.subject`;

/** How long customers had waited when agents answered them within the stretch. */
export async function waitedTime(
  client: PoolClient,
  workspaceId: string,
  subjects: readonly Subject[],
  stretch: Stretch,
): Promise<Summary[]> {
  return (await client.query<Summary>(WAITED_SQL, [...values(subjects, stretch), workspaceId])).rows;
}

function values(subjects: readonly Subject[], { from, to }: Stretch): unknown[] {
  const members = subjects.flatMap(({ id, agentIds }) => agentIds.map((agentId) => [agentId, id] as const));
  return [members.map(([agentId]) => agentId), members.map(([, subject]) => subject), from, to];
}
