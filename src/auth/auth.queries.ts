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

/** The session a refresh token names, locked, with the agent it acts for. `$1`: id, `$2`: hash of the secret. */
export const SESSION_BY_REFRESH_SQL = `
select s.id, s.workspace_id, s.agent_id, s.refresh_hash = $2 as current, s.expires_at <= clock_timestamp() as expired,
  s.revoked_at is not null or s.auth_epoch <> a.auth_epoch as dead, a.name, a.email,
  a.status, a.deleted_at is not null as deleted, t.status as team_status
from session s join agent a on a.id = s.agent_id join team t on t.id = a.team_id
where s.id = $1
for update of s for share of a`;

export interface RefreshRow {
  id: string;
  workspace_id: string;
  agent_id: string;
  /** Whether it is the newest token of the session. */
  current: boolean;
  expired: boolean;
  dead: boolean;
  name: string;
  email: string;
  status: 'active' | 'inactive';
  deleted: boolean;
  team_status: 'active' | 'inactive';
}

/** Gives a session a new refresh token. `$1`: id, `$2`: new hash, `$3`: now, `$4`: expiry. */
export const ROTATE_SQL = `
update session set refresh_hash = $2, rotated_at = $3, expires_at = $4 where id = $1`;

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
