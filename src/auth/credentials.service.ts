import { Injectable } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { RevocationCause } from '#contracts';
import { Clock } from '../platform/clock.js';
import { sql } from '../platform/database/database.js';

/** How many sessions and API keys. */
export interface CredentialCounts {
  sessions: number;
  keys: number;
}

const END_SESSIONS_SQL = `
update session set revoked_at = $2, revoked_reason = $3
where agent_id = $1 and revoked_at is null and ($4::uuid is null or id <> $4)
returning expires_at > $2 as live`;

const END_KEYS_SQL = 'update api_key set revoked_at = $2 where agent_id = $1 and revoked_at is null returning id';

const END_ALL_SQL = `
with ended_sessions as (
  update session set revoked_at = $2, revoked_reason = $3
  where agent_id = any($1::uuid[]) and revoked_at is null
  returning agent_id, (expires_at > $2)::int as session, 0 as key
), ended_keys as (
  update api_key set revoked_at = $2 where agent_id = any($1::uuid[]) and revoked_at is null
  returning agent_id, 0 as session, 1 as key
)
select agent_id as "agentId", sum(session)::int as sessions, sum(key)::int as keys
from (select * from ended_sessions union all select * from ended_keys) ended group by agent_id`;

const COUNT_SQL = `
select
  (select count(*)::int from session s join agent a on a.id = s.agent_id
   where a.team_id = $1 and a.deleted_at is null and a.status = 'active' and s.revoked_at is null
     and s.auth_epoch = a.auth_epoch and s.expires_at > $2) as sessions,
  (select count(*)::int from api_key k join agent a on a.id = k.agent_id
   where a.team_id = $1 and a.deleted_at is null and a.status = 'active' and k.revoked_at is null
     and k.auth_epoch = a.auth_epoch) as keys`;

/** What agents have to show who they are: ended together when their rights end. */
@Injectable()
export class Credentials {
  constructor(private readonly clock: Clock) {}

  /** Ends an agent's sessions and keys, in the transaction of `em`; `except` names a session that stays. */
  async end(
    em: EntityManager,
    agentId: string,
    cause: RevocationCause,
    except: string | null = null,
  ): Promise<CredentialCounts> {
    const now = this.clock.date();
    const sessions = await sql<{ live: boolean }>(em, END_SESSIONS_SQL, [agentId, now, cause, except]);
    const keys = await sql(em, END_KEYS_SQL, [agentId, now]);
    return { sessions: sessions.filter(({ live }) => live).length, keys: keys.length };
  }

  /** Ends the sessions and keys of many agents, in the transaction of `em`; how many, by agent. */
  async endAll(em: EntityManager, agentIds: string[], cause: RevocationCause): Promise<Map<string, CredentialCounts>> {
    if (agentIds.length === 0) return new Map();
    const parameters = [agentIds, this.clock.date(), cause];
    const rows = await sql<CredentialCounts & { agentId: string }>(em, END_ALL_SQL, parameters);
    return new Map(rows.map(({ agentId, sessions, keys }) => [agentId, { sessions, keys }]));
  }

  /** The sessions and keys of a team's agents that could be used. */
  async ofTeam(em: EntityManager, teamId: string): Promise<CredentialCounts> {
    const [counts] = await sql<CredentialCounts>(em, COUNT_SQL, [teamId, this.clock.date()]);
    return counts ?? { sessions: 0, keys: 0 };
  }
}
