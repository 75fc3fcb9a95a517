import type { Permission } from '#contracts';

/** One credential with its agent and team, as stored. */
export interface AuthorityRow {
  credential_id: string;
  kind: 'session' | 'api_key';
  workspace_id: string;
  workspace_slug: string;
  workspace_name: string;
  agent_id: string;
  agent_name: string;
  agent_email: string;
  agent_status: 'active' | 'inactive';
  agent_deleted: boolean;
  hide_phone: boolean;
  team_id: string;
  team_name: string;
  team_status: 'active' | 'inactive';
  team_permissions: Permission[];
  blueprint_version: number;
  /** Not revoked, and of the agent's current auth epoch. */
  alive: boolean;
  expired: boolean;
  /** Of an API key: what it was made for, and the hash of its secret. */
  key_permissions: Permission[] | null;
  /** Hexadecimal. */
  key_hash: string | null;
}

const COMMON = `
  a.workspace_id, w.slug as workspace_slug, w.name as workspace_name, a.id as agent_id, a.name as agent_name, a.email as agent_email, a.status as agent_status,
  a.deleted_at is not null as agent_deleted, a.hide_phone, t.id as team_id, t.name as team_name,
  t.status as team_status, t.permissions as team_permissions, t.blueprint_version`;

/**
 * All rows in one value: the driver takes longer for twenty columns of a few rows than for the rest of the read.
 * `$1`: session ids, `$2`: API key ids.
 */
export const AUTHORITY_SQL = `
select coalesce(json_agg(found), '[]') as found from (
select s.id as credential_id, 'session' as kind, ${COMMON},
  s.revoked_at is null and s.auth_epoch = a.auth_epoch as alive, s.expires_at <= clock_timestamp() as expired,
  null::text[] as key_permissions, null::text as key_hash
from session s join agent a on a.id = s.agent_id join team t on t.id = a.team_id join workspace w on w.id = a.workspace_id
where s.id = any($1::uuid[])
union all
select k.id, 'api_key', ${COMMON},
  k.revoked_at is null and k.auth_epoch = a.auth_epoch, false, k.permissions, encode(k.key_hash, 'hex')
from api_key k join agent a on a.id = k.agent_id join team t on t.id = a.team_id join workspace w on w.id = a.workspace_id
where k.id = any($2::uuid[])
) found`;
