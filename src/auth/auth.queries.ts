/** Somebody who may be logging in: the agent's row as far as the login needs it. */
export interface LoginCandidate {
  id: string;
  workspace_id: string;
  workspace_slug: string;
  name: string;
  email: string;
  password_hash: string | null;
  status: 'active' | 'inactive';
  team_status: 'active' | 'inactive';
  /** Whether the agent has logged in from there before. */
  known: boolean;
}

/** A candidate, or that there is none in the workspace that was asked for or meant. */
export type LoginRow = { asked: string } & (LoginCandidate | { id: null });

/**
 * Always a row. The oldest few accounts only: as many are compared as there are, which takes the longer the more
 * workspaces somebody is in. `$1`: e-mail, `$2`: workspace slug or null, `$3`: fingerprint of where the request comes from.
 */
export const CANDIDATES_SQL = `
select asked.slug as asked, c.*
from (select coalesce($2, (select slug from workspace where is_default), '') as slug) asked
left join lateral (
  select a.id, a.workspace_id, w.slug as workspace_slug, a.name, a.email, a.password_hash, a.status,
    t.status as team_status,
    exists (select from login_origin o where o.agent_id = a.id and o.origin = $3) as known
  from agent a join workspace w on w.id = a.workspace_id join team t on t.id = a.team_id
  where lower(a.email) = lower($1) and a.deleted_at is null and ($2::text is null or w.slug = $2)
  order by a.id limit 5
) c on true`;

/**
 * Keeps the agent of a session as it is until the transaction ends. Before the session itself: whoever deactivates an
 * agent takes the two in this order too. `$1`: session.
 */
export const HOLD_AGENT_SQL = `
select from agent where id = (select agent_id from session where id = $1) for share`;

/** The session a refresh token names, locked, with the agent it acts for. `$1`: id. */
export const SESSION_TO_REFRESH_SQL = `
select s.id, s.workspace_id, s.agent_id, encode(s.refresh_hash, 'hex') as current,
  encode(s.previous_hash, 'hex') as previous, (extract(epoch from s.rotated_at) * 1000)::float8 as rotated_at,
  s.expires_at <= clock_timestamp() as expired, s.revoked_at is not null or s.auth_epoch <> a.auth_epoch as dead,
  a.name, a.email, a.status, a.deleted_at is not null as deleted, t.status as team_status
from session s join agent a on a.id = s.agent_id join team t on t.id = a.team_id
where s.id = $1
for update of s`;

export interface RefreshRow {
  id: string;
  workspace_id: string;
  agent_id: string;
  /** Hash of the newest refresh token, in hex. */
  current: string;
  /** Hash of the one before. */
  previous: string | null;
  rotated_at: number;
  expired: boolean;
  dead: boolean;
  name: string;
  email: string;
  status: 'active' | 'inactive';
  deleted: boolean;
  team_status: 'active' | 'inactive';
}

/**
 * Gives a session a new refresh token. `$1`: id, `$2`: its hash and `$3`: that of the one before, in hex, `$4`: rotated
 * at, `$5`: expiry, `$6`: client, `$7`: network.
 */
export const ROTATE_SQL = `
update session set refresh_hash = decode($2, 'hex'), previous_hash = decode($3, 'hex'), rotated_at = $4,
  expires_at = $5, client = $6, network = $7
where id = $1`;

/** Ends a session. `$1`: id, `$2`: now, `$3`: reason. */
export const REVOKE_SQL = `
update session set revoked_at = $2, revoked_reason = $3 where id = $1 and revoked_at is null`;

/**
 * Issues a session in the agent's current auth epoch, and remembers from where; nothing when the agent may not have one
 * (any more). `$1`: id, `$2`: workspace, `$3`: agent, `$4`: hash, `$5`: now, `$6`: expiry, `$7`: client, `$8`: network,
 * `$9`: fingerprint of where from, `$10`: hash of the password that was shown.
 */
export const ISSUE_SQL = `
with locked as materialized (
  select id, team_id, auth_epoch, status, deleted_at, password_hash from agent where id = $3 for share
), agent_now as (
  -- After the lock: a join under it would still look for the team from which the agent is being moved.
  select id, auth_epoch from locked
  where status = 'active' and deleted_at is null and password_hash = $10
    and exists (select 1 from team t where t.id = locked.team_id and t.status = 'active')
), seen as (
  insert into login_origin (agent_id, workspace_id, origin, seen_at) select id, $2, $9, $5 from agent_now
  on conflict (agent_id, origin) do update set seen_at = excluded.seen_at
)
insert into session
  (id, workspace_id, agent_id, auth_epoch, refresh_hash, rotated_at, expires_at, created_at, client, network)
select $1, $2, id, auth_epoch, $4, $5, $6, $5, $7, $8 from agent_now
returning id`;
