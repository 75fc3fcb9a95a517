import type { Keyset } from '../../platform/database/keyset.js';

/**
 * What takes rights away from whom, one row for each place in the lists; nodes are notified when it commits, by the
 * trigger that numbers it. `$1` ids, `$2` workspaces, `$3` kinds, `$4` subjects, `$5` agents, `$6` causes, `$7` actors,
 * `$8`–`$11` counts.
 */
export const ADD_SQL = `
insert into revocation
  (id, workspace_id, subject_kind, subject_id, agent_id, cause, actor_id, sessions, keys, conversations_released, lists_left)
select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[], $5::uuid[], $6::text[], $7::uuid[],
  $8::integer[], $9::integer[], $10::integer[], $11::integer[])
returning id, (extract(epoch from created_at) * 1000)::float8 as at`;

/** Where nodes are told of each revocation, as `seq kind id`. */
export const REVOCATION_CHANNEL = 'muster_revocation';

/** What a notification says; null: nothing that can be read. */
export function parseHint(payload: string): RevocationRow | null {
  const [, seq, kind, id] = /^(\d+) (agent|team|session|api_key) ([\da-f-]{36})$/.exec(payload) ?? [];
  return seq && kind && id ? { seq: Number(seq), kind: kind as RevocationRow['kind'], id } : null;
}

/** What was revoked since, in the order of the commits. `$1`: seq. */
export const SINCE_SQL = `
select seq::float8 as seq, subject_kind as kind, subject_id as id from revocation where seq > $1 order by seq limit 1000`;

export interface RevocationRow {
  seq: number;
  kind: 'agent' | 'team' | 'session' | 'api_key';
  id: string;
}

/** The newest that is committed. */
export const NEWEST_SQL = 'select coalesce(max(seq), 0)::float8 as seq from revocation';

/** True; the transaction does not wait for the disk. For what a crash may forget, as somebody does it again. */
const UNSYNCED = `(select set_config('synchronous_commit', 'off', true)) = 'off'`;

/**
 * Says that everything up to the last `seq` was applied here; forgotten in a crash it is waited for again. `$1`: node,
 * `$2`: boot, `$3`: seqs, `$4`: sockets closed for each.
 */
export const ACKNOWLEDGE_SQL = `
with acknowledged as (
  insert into revocation_ack (seq, node_id, sockets, at)
  select seq, $1, sockets, clock_timestamp() from unnest($3::bigint[], $4::integer[]) as t (seq, sockets)
  where ${UNSYNCED}
  on conflict (seq, node_id) do update set sockets = excluded.sockets, at = excluded.at
)
update node_lease set applied_seq = greatest(applied_seq, (select max(seq) from unnest($3::bigint[]) as s (seq)))
where node_id = $1 and boot_id = $2`;

/** What was acknowledged of numbers that are given out again. `$1`: node, `$2`: boot, `$3`: the newest that is known. */
export const FORGET_SQL = 'update node_lease set applied_seq = $3 where node_id = $1 and boot_id = $2';

/** How far each serving node is with the newest of some revocations. `$1`: their ids. */
export const PROGRESS_SQL = `
with target as (select max(seq) as seq from revocation where id = any($1::uuid[]))
select l.node_id as node, l.expires_at > clock_timestamp() as alive, l.applied_seq >= target.seq as applied,
  target.seq::float8 as seq, (select coalesce(sum(k.sockets), 0)::int from revocation r join revocation_ack k on k.seq = r.seq
   where r.id = any($1::uuid[]) and k.node_id = l.node_id) as sockets
from node_lease l, target
where 'api' = any(l.roles)
order by l.node_id`;

export interface ProgressRow {
  /** Of the newest. */
  seq: number;
  node: string;
  /** Its lease is not over, by the database's clock. */
  alive: boolean;
  /** It has acknowledged. */
  applied: boolean;
  /** Sockets it closed. */
  sockets: number;
}

/**
 * What became of each, with the sockets that each closed; forgotten in a crash it is swept up. `$1`: ids, `$2`: nodes,
 * `$3`: ms, `$4`: enforcement.
 */
export const SETTLE_SQL = `
update revocation r set elapsed_ms = $3, enforcement = $4, nodes = (
  select coalesce(jsonb_agg(n.node || jsonb_build_object('sockets', coalesce(k.sockets, 0)) order by n.place), '[]')
  from jsonb_array_elements($2::jsonb) with ordinality as n (node, place)
  left join revocation_ack k on k.seq = r.seq and k.node_id = n.node ->> 'node'
)
where r.id = any($1::uuid[]) and ${UNSYNCED}`;

/** Committed, but nobody lived to see it through. */
export const UNSETTLED_SQL = `
select id, cause, agent_id as "agentId", sessions, keys,
  conversations_released as "conversationsReleased", lists_left as "listsLeft",
  (extract(epoch from created_at) * 1000)::float8 as at
from revocation where enforcement = 'pending' and created_at < clock_timestamp() - interval '10 seconds'
order by seq limit 100`;

/** The receipts that concern an agent. `$1`: workspace, `$2`: agent, `$3`: limit. */
export const receiptsSql = ({ cursor, where, order }: Keyset) => `
select r.id, r.cause, r.seq::float8 as revision, r.sessions, r.keys,
  r.conversations_released as "conversationsReleased", r.lists_left as "listsLeft", r.nodes,
  r.elapsed_ms as "elapsedMs", r.enforcement, (extract(epoch from r.created_at) * 1000)::float8 as at, ${cursor} as cursor
from revocation r where r.workspace_id = $1 and r.agent_id = $2 and ${where}
order by ${order} limit $3`;

/** Acknowledgements whose receipts are written. */
export const TIDY_SQL = `
delete from revocation_ack k using revocation r
where r.seq = k.seq and r.enforcement = 'complete' and k.at < clock_timestamp() - interval '1 hour'`;
