/**
 * A workspace as it was at a moment, from what is kept: the audit log says what agents and teams were before they
 * changed, the intervals who was here and who had which conversation, the stored interactions who wrote when.
 *
 * Guaranteed: everything dated up to the moment counts and nothing dated later, however late it came in; only the
 * windows reach to the end of the five seconds the moment is in, as the live ones do.
 */
import type { PoolClient } from 'pg';
import type { AgentState } from '../../agents/agent.events.js';
import type { ConversationState } from '../../conversations/conversation.events.js';
import { countsSince } from '../../density/density.queries.js';
import { BUCKET_MS, bucketOf } from '../../density/window.js';
import type { PresenceState } from '../../presence/presence.events.js';
import type { TeamState } from '../../teams/team.events.js';
import type { LoadedState } from '../projection/inputs.js';
import { milliseconds } from '../roster.queries.js';

/**
 * What agents or teams were at `$2` in the members that changed since: the first change after it says what each
 * member was before. In the order of commits; `$1`: workspace.
 */
const changedSince = (
  kind: 'agent' | 'team',
  members: readonly (keyof AgentState | keyof TeamState | 'permissions')[],
) => `
select target_id, jsonb_object_agg(member, value) as was
from (
  select distinct on (e.target_id, m.member) e.target_id, m.member, m.value
  from audit_entry e cross join jsonb_each(e.before) m (member, value)
  where e.workspace_id = $1 and e.target_kind = '${kind}' and e.before is not null and e.at > $2
    and m.member in (${members.map((member) => `'${member}'`).join(', ')})
  order by e.target_id, m.member, e.seq
) first_change
group by target_id`;

/** Whether a row was there at `$2`. */
const wasThere = (row: string) => `${row}.created_at <= $2 and (${row}.deleted_at is null or ${row}.deleted_at > $2)`;

const TEAMS_SQL = `
with changed as (${changedSince('team', ['name', 'status', 'capacity', 'permissions'])})
select t.id, coalesce(was->>'name', t.name) as name, coalesce(was->>'status', t.status) as status,
  coalesce((was->>'capacity')::int, t.capacity) as capacity,
  coalesce(was->'permissions', to_jsonb(t.permissions)) ? 'inbox.reply' as "canReply", t.version, false as deleted
from team t left join changed on target_id = t.id
where t.workspace_id = $1 and ${wasThere('t')} order by t.id`;

const AGENTS_SQL = `
with changed as (${changedSince('agent', ['name', 'teamId', 'status', 'capacity'])})
select a.id, coalesce(was->>'name', a.name) as name, coalesce((was->>'teamId')::uuid, a.team_id) as "teamId",
  coalesce(was->>'status', a.status) as status,
  case when was ? 'capacity' then (was->>'capacity')::int else a.capacity end as capacity, a.version, false as deleted
from agent a left join changed on target_id = a.id
where a.workspace_id = $1 and ${wasThere('a')} order by a.id`;

const PRESENCES_SQL = `
select a.id as "agentId", i.state, i.availability, i.connected, ${milliseconds('i.started_at')} as since, 0 as version
from agent a cross join lateral (
  select state, availability, connected, started_at from presence_interval
  where agent_id = a.id and started_at <= $2
  order by started_at desc, ended_at desc nulls first limit 1
) i
where a.workspace_id = $1 and ${wasThere('a')}`;

/**
 * Who waits: the first customer message after the last answer. Interactions are accepted up to 7 days after their
 * time, so none of a conversation is older than that before it began: the days before need no look.
 */
const CONVERSATIONS_SQL = `
select c.id, c.team_id as "teamId", s.agent_id as "assigneeId", 'open' as status,
  ${milliseconds('waiting.since')} as "waitingSince", c.version
from assignments_within(tstzrange($2, $2, '[]')) s
join conversation c on c.id = s.conversation_id
left join lateral (
  select at from interaction
  where conversation_id = c.id and direction = 'outbound' and at <= $2 and at >= c.created_at - interval '7 days'
  order by at desc limit 1
) answer on true
left join lateral (
  select at as since from interaction
  where conversation_id = c.id and direction = 'inbound' and at <= $2
    and at >= c.created_at - interval '7 days' and (answer.at is null or at > answer.at)
  order by at limit 1
) waiting on true
where s.workspace_id = $1`;

/** The workspace at a moment, read within one snapshot of it. */
export async function readPast(
  client: PoolClient,
  workspaceId: string,
  at: number,
): Promise<Omit<LoadedState, 'settledAt'>> {
  const moment = new Date(at);
  const read = async <Row extends object>(text: string) => (await client.query<Row>(text, [workspaceId, moment])).rows;
  const bucket = bucketOf(at);
  return {
    snapshot: '0:0:',
    teams: await read<TeamState>(TEAMS_SQL),
    agents: await read<AgentState>(AGENTS_SQL),
    presences: await read<PresenceState>(PRESENCES_SQL),
    conversations: await read<ConversationState>(CONVERSATIONS_SQL),
    counts: await countsSince(client, workspaceId, bucket, new Date((bucket + 1) * BUCKET_MS)),
  };
}
