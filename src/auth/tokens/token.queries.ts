/** A token that can be used, by the hash of its secret: none of an inactive agent. `$1`: hash, `$2`: kind, `$3`: now. */
export const USABLE_SQL = `
select i.agent_id, a.workspace_id from invitation i join agent a on a.id = i.agent_id
where i.token_hash = $1 and i.kind = $2 and i.used_at is null and i.expires_at > $3
  and a.deleted_at is null and a.status = 'active'`;

/** Keeps everybody else from the agent, who must be active. `$1`: agent. */
export const LOCK_AGENT_SQL = `
select a.email, w.slug as workspace from agent a join workspace w on w.id = a.workspace_id
where a.id = $1 and a.deleted_at is null and a.status = 'active' for update of a`;

/** Uses it up. `$1`: hash, `$2`: kind, `$3`: now. */
export const USE_SQL = `
update invitation set used_at = $3 where token_hash = $1 and kind = $2 and used_at is null and expires_at > $3
returning id`;

/** `$1`: agent, `$2`: hash of the password. Returns the new auth epoch: what was issued in an older one is dead. */
export const SET_PASSWORD_SQL = `
update agent set password_hash = $2, auth_epoch = auth_epoch + 1 where id = $1 returning auth_epoch`;

/** `$1`: agent, `$2`: now, `$3`: kind, or null for all. */
export const WITHDRAW_SQL = `
update invitation set used_at = $2 where agent_id = $1 and used_at is null and ($3::text is null or kind = $3)`;

/** Remembers from where the owner of an account came. `$1`: agent, `$2`: workspace, `$3`: fingerprint, `$4`: now. */
export const SEEN_SQL = `
insert into login_origin (agent_id, workspace_id, origin, seen_at) values ($1, $2, $3, $4)
on conflict (agent_id, origin) do update set seen_at = excluded.seen_at`;

/** What is needed to mail a token. `$1`: its id, `$2`: now. */
export const TO_MAIL_SQL = `
select i.id, i.kind, i.expires_at, a.name, a.email, w.name as workspace,
  i.used_at is null and i.expires_at > $2 and a.deleted_at is null as usable
from invitation i join agent a on a.id = i.agent_id join workspace w on w.id = i.workspace_id
where i.id = $1`;

export interface MailRow {
  id: string;
  kind: TokenKind;
  expires_at: Date;
  name: string;
  email: string;
  workspace: string;
  usable: boolean;
}

/** The first password, or a new one. */
export type TokenKind = 'invitation' | 'reset';

/** Who may want a new password. `$1`: e-mail, `$2`: workspace slug or null. */
export const RESETTABLE_SQL = `
select a.id, a.workspace_id from agent a join workspace w on w.id = a.workspace_id join team t on t.id = a.team_id
where lower(a.email) = lower($1) and a.deleted_at is null and a.status = 'active' and t.status = 'active'
  and ($2::text is null or w.slug = $2)
order by a.id limit 20`;

/** Whom an administrator invites again, with what the agent may do and see. `$1`: agent, `$2`: workspace. */
export const INVITED_SQL = `
select t.permissions, a.hide_phone from agent a join team t on t.id = a.team_id
where a.id = $1 and a.workspace_id = $2 and a.deleted_at is null for update of a`;
