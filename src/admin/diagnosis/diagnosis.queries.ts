import type { Lifecycle, PresenceState } from '#contracts';

/** An agent with everything that decides whether it can log in and work. */
export interface DiagnosedRow {
  id: string;
  workspace: string;
  name: string;
  email: string;
  status: Lifecycle;
  team_id: string;
  team_name: string;
  team_status: Lifecycle;
  permissions: string[];
  has_password: boolean;
  /** When the newest invitation that was not used ends; null: there is none. */
  invited_until: Date | null;
  sessions: number;
  last_login_at: Date | null;
  blueprint_version: number;
  synced_version: number;
  presence: PresenceState;
  open: number;
  capacity: number;
}

/** `$1`: workspace, `$2`: e-mail, `$3`: now. */
export const DIAGNOSED_SQL = `
select a.id, w.slug as workspace, a.name, a.email, a.status, t.id as team_id, t.name as team_name, t.status as team_status, t.permissions,
  a.password_hash is not null as has_password,
  (select max(i.expires_at) from invitation i where i.agent_id = a.id and i.used_at is null and i.kind = 'invitation') as invited_until,
  (select count(*)::int from session s
   where s.agent_id = a.id and s.revoked_at is null and s.auth_epoch = a.auth_epoch and s.expires_at > $3) as sessions,
  (select max(s.created_at) from session s where s.agent_id = a.id) as last_login_at,
  t.blueprint_version, coalesce(y.synced_version, 0) as synced_version, p.state as presence,
  (select count(*)::int from conversation c where c.assignee_id = a.id and c.status = 'open') as open,
  coalesce(a.capacity, t.capacity) as capacity
from agent a join team t on t.id = a.team_id join agent_presence p on p.agent_id = a.id
  join workspace w on w.id = a.workspace_id left join agent_sync y on y.agent_id = a.id
where a.workspace_id = $1 and a.id = (select id from agents_with_email(array[$2]))`;

/** The newest deleted agent with the e-mail. `$1`: workspace, `$2`: e-mail. */
export const DELETED_SQL = `
select name, deleted_at from agent
where workspace_id = $1 and lower(email) = lower($2) and deleted_at is not null order by deleted_at desc limit 1`;

/** Agents with one of some e-mails, or whose e-mail has a tag and matches a pattern. `$1`: workspace, `$2`: e-mails, `$3`: pattern. */
export const SIMILAR_SQL = `
select id, name, email, status from (
  select a.id, a.name, a.email, a.status from agent a
  where a.workspace_id = $1 and lower(a.email) = any($2::text[]) and a.deleted_at is null
  union
  select a.id, a.name, a.email, a.status from agent a
  where a.workspace_id = $1 and lower(a.email) like $3 and a.deleted_at is null
) near
order by lower(email) limit 10`;
