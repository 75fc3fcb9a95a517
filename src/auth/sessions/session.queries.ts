import type { Keyset } from '../../platform/database/keyset.js';

export interface SessionRow {
  id: string;
  agent_id: string;
  agent_name: string;
  created_at: Date | number;
  rotated_at: Date | number;
  expires_at: Date | number;
  client: string | null;
  network: string | null;
}

/** Sessions that go on. */
const ALIVE = 's.revoked_at is null and s.auth_epoch = a.auth_epoch and a.deleted_at is null and s.expires_at >';

/** Those of an agent. `$1`: workspace, `$2`: agent, `$3`: now, `$4`: limit. */
export const sessionsSql = ({ cursor, where, order }: Keyset) => `
select s.id, s.agent_id, a.name as agent_name, s.created_at, s.rotated_at, s.expires_at, s.client, s.network, ${cursor} as cursor
from session s join agent a on a.id = s.agent_id
where s.workspace_id = $1 and s.agent_id = $2 and ${ALIVE} $3 and ${where}
order by ${order} limit $4`;

const ENDED = `
returning s.id, s.agent_id, a.name as agent_name, (extract(epoch from s.created_at) * 1000)::float8 as created_at,
  (extract(epoch from s.rotated_at) * 1000)::float8 as rotated_at,
  (extract(epoch from s.expires_at) * 1000)::float8 as expires_at, s.client, s.network`;

/** Ends one. `$1`: id, `$2`: workspace, `$3`: now, `$4`: reason, `$5`: whose it must be; null: anybody's. */
export const END_ONE_SQL = `
update session s set revoked_at = $3, revoked_reason = $4 from agent a
where a.id = s.agent_id and s.id = $1 and s.workspace_id = $2 and ${ALIVE} $3 and ($5::uuid is null or s.agent_id = $5)
${ENDED}`;

/** Ends an agent's. `$1`: agent, `$2`: workspace, `$3`: now, `$4`: reason, `$5`: one that stays, or null. */
export const END_OF_AGENT_SQL = `
update session s set revoked_at = $3, revoked_reason = $4 from agent a
where a.id = s.agent_id and s.agent_id = $1 and s.workspace_id = $2 and ${ALIVE} $3 and ($5::uuid is null or s.id <> $5)
${ENDED}`;

/**
 * What nobody needs any more: from where sessions were used that are over, tokens that were used, from where nobody has
 * logged in for long. `$1`: now.
 */
export const FORGET_SQL = [
  `update session set client = null, network = null
   where (client is not null or network is not null) and (revoked_at is not null or expires_at <= $1)`,
  `delete from invitation where least(coalesce(used_at, expires_at), expires_at) < $1::timestamptz - interval '30 days'`,
  `delete from login_origin where seen_at < $1::timestamptz - interval '90 days'`,
];
