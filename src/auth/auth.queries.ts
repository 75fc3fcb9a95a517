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
}

/** `$1`: e-mail, `$2`: workspace slug or null. */
export const CANDIDATES_SQL = `
select a.id, a.workspace_id, w.slug as workspace_slug, a.name, a.email, a.password_hash, a.status, t.status as team_status
from agent a join workspace w on w.id = a.workspace_id join team t on t.id = a.team_id
where lower(a.email) = lower($1) and a.deleted_at is null and ($2::text is null or w.slug = $2)
order by a.id limit 20`;

/** A session by its current or former refresh token, locked, with the agent it acts for. */
export const SESSION_BY_REFRESH_SQL = `
select s.id, s.workspace_id, s.agent_id, s.refresh_hash = $1 as current,
  (extract(epoch from s.rotated_at) * 1000)::float8 as rotated_at, s.expires_at <= clock_timestamp() as expired,
  s.revoked_at is not null or s.auth_epoch <> a.auth_epoch as dead, a.name, a.email,
  a.status, a.deleted_at is not null as deleted, t.status as team_status
from session s join agent a on a.id = s.agent_id join team t on t.id = a.team_id
where s.refresh_hash = $1 or s.previous_refresh_hash = $1
for update of s for share of a`;

export interface RefreshRow {
  id: string;
  workspace_id: string;
  agent_id: string;
  /** Whether it is the newest token of the session, not the one before. */
  current: boolean;
  /** Milliseconds. */
  rotated_at: number;
  expired: boolean;
  dead: boolean;
  name: string;
  email: string;
  status: 'active' | 'inactive';
  deleted: boolean;
  team_status: 'active' | 'inactive';
}

/** Gives a session a new refresh token. `$1`: id, `$2`: new hash, `$3`: former hash, `$4`: now, `$5`: expiry. */
export const ROTATE_SQL = `
update session set refresh_hash = $2, previous_refresh_hash = $3, rotated_at = $4, expires_at = $5 where id = $1`;

/** Ends a session. `$1`: id, `$2`: now, `$3`: reason. */
export const REVOKE_SQL = `
update session set revoked_at = $2, revoked_reason = $3 where id = $1 and revoked_at is null`;

/** Issues a session in the agent's current auth epoch; nothing when the agent may not have one (any more). */
export const ISSUE_SQL = `
with agent_now as (
  select a.id, a.auth_epoch from agent a join team t on t.id = a.team_id
  where a.id = $3 and a.status = 'active' and a.deleted_at is null and t.status = 'active'
  for share of a
)
insert into session (id, workspace_id, agent_id, auth_epoch, refresh_hash, rotated_at, expires_at, created_at)
select $1, $2, id, auth_epoch, $4, $5, $6, $5 from agent_now
returning id`;
