import type { Availability, PresenceState } from '#contracts';

/** An agent's presence as stored. */
export interface PresenceRow {
  workspace_id: string;
  agent_id: string;
  state: PresenceState;
  availability: Availability;
  connected: boolean;
  /** Milliseconds. */
  since: number;
  version: number;
}

const SINCE = `(extract(epoch from p.since) * 1000)::float8 as since`;

/** One agent. `$1`: id. */
export const GET_SQL = `
select p.workspace_id, p.agent_id, p.state, p.availability, p.connected, p.version, ${SINCE}
from agent_presence p join agent a on a.id = p.agent_id
where p.agent_id = $1 and p.workspace_id = $2 and a.deleted_at is null`;

/** Locks in the order of ids, so that two who lock several can't block each other. `$1`: agent ids. */
export const LOCK_SQL = `
select agent_id from agent_presence where agent_id = any($1::uuid[]) order by agent_id for update`;

/** Locks those that nobody else holds. `$1`: agent ids. */
export const LOCK_FREE_SQL = `
select agent_id from agent_presence where agent_id = any($1::uuid[]) order by agent_id for update skip locked`;

/**
 * Brings presence in line with the connections, the agent's lifecycle and its choice; returns what changed.
 * A connection counts until its row is gone: one that was lost counts through its grace.
 * `$1`: agent ids, `$2`: now.
 */
export const SETTLE_SQL = `
update agent_presence p
set connected = f.connected, state = f.state, version = p.version + 1,
  since = case when p.state = f.state then p.since else $2::timestamptz end,
  last_seen_at = case when p.connected or f.connected then $2::timestamptz else p.last_seen_at end
from (
  select q.agent_id, c.connected,
    case when a.status = 'active' and a.deleted_at is null and c.connected then q.availability else 'offline' end as state
  from agent_presence q
  join agent a on a.id = q.agent_id
  cross join lateral (select exists (select 1 from presence_connection c where c.agent_id = q.agent_id) as connected) c
  where q.agent_id = any($1::uuid[])
) f
where p.agent_id = f.agent_id and (p.connected <> f.connected or p.state <> f.state)
returning p.workspace_id, p.agent_id, p.state, p.availability, p.connected, p.version, ${SINCE}`;

/** Ends the stretches that don't describe the present any more. `$1`: agent ids, `$2`: now. */
export const CLOSE_INTERVALS_SQL = `
update presence_interval i set ended_at = $2
from agent_presence p
where p.agent_id = any($1::uuid[]) and i.agent_id = p.agent_id and i.ended_at is null and i.state <> p.state`;

/** Begins a stretch where none is open. `$1`: agent ids, `$2`: the cause of each. */
export const OPEN_INTERVALS_SQL = `
insert into presence_interval (id, workspace_id, agent_id, state, availability, connected, cause, started_at)
select gen_random_uuid(), p.workspace_id, p.agent_id, p.state, p.availability, p.connected, begun.cause, p.since
from unnest($1::uuid[], $2::text[]) as begun (agent_id, cause) join agent_presence p using (agent_id)
on conflict (agent_id) where ended_at is null do nothing`;

/** Takes over a choice. `$1`: agent id, `$2`: availability. The version moves even where nothing shown changes. */
export const CHOOSE_SQL = `
update agent_presence p set availability = $2, version = p.version + 1
where p.agent_id = $1 and p.availability <> $2
returning p.workspace_id, p.agent_id, p.state, p.availability, p.connected, p.version, ${SINCE}`;

/** Starts the presence of new agents: away, and not here. `$1`: agent ids, `$2`: now. */
export const START_SQL = `
insert into agent_presence (agent_id, workspace_id, since)
select id, workspace_id, $2 from agent where id = any($1::uuid[])`;

/**
 * Records connections of this node; one that was thought lost lives again.
 * `$1`: ids, `$2`: workspace ids, `$3`: agent ids, `$4`: node, `$5`: boot, `$6`: now.
 */
export const CONNECT_SQL = `
insert into presence_connection (id, workspace_id, agent_id, node_id, boot_id, connected_at)
select id, workspace_id, agent_id, $4, $5, $6
from unnest($1::uuid[], $2::uuid[], $3::uuid[]) as opened (id, workspace_id, agent_id)
on conflict (id) do update set lost_at = null, node_id = excluded.node_id, boot_id = excluded.boot_id`;

/** `$1`: ids. */
export const DISCONNECT_SQL = 'delete from presence_connection where id = any($1::uuid[])';

/** Starts the grace of connections that were lost. `$1`: ids, `$2`: now. */
export const LOSE_SQL = 'update presence_connection set lost_at = $2 where id = any($1::uuid[]) and lost_at is null';

/** Starts the grace of the connections of nodes that hold no lease. `$1`: now. */
export const LOSE_ORPHANS_SQL = `
update presence_connection c set lost_at = $1
where c.lost_at is null and not exists (
  select 1 from node_lease n
  where n.node_id = c.node_id and n.boot_id = c.boot_id and n.expires_at > clock_timestamp()
)`;

/** Agents with connections whose grace is over. `$1`: lost before. */
export const EXPIRED_SQL = `
select distinct agent_id from presence_connection where lost_at is not null and lost_at <= $1 limit 1000`;

/** `$1`: agent ids, `$2`: lost before. */
export const EXPIRE_SQL = `
delete from presence_connection where agent_id = any($1::uuid[]) and lost_at is not null and lost_at <= $2`;
