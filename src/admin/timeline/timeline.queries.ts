import type { TimelineEntry } from '#contracts';

/** An entry of any source; what is its own comes as JSON. */
export interface TimelineRow {
  kind: TimelineEntry['kind'];
  id: string;
  at: Date;
  cursor_at: string;
  entry: Record<string, unknown>;
}

/** A time within JSON, as the contract has it. */
const time = (column: string) => `to_char(${column} at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

const ACTOR = `json_build_object('kind', e.actor_kind, 'id', e.actor_id,
  'name', (select name from agent where workspace_id = $1 and id = e.actor_id))`;

const reference = (id: string) =>
  `(select json_build_object('id', id, 'name', name) from agent where workspace_id = $1 and id = (${id})::uuid)`;

interface Source {
  kind: TimelineEntry['kind'];
  /** What follows `from`, with a condition. */
  from: string;
  at: string;
  id: string;
  /** SQL of the entry's own members. */
  entry: string;
}

const AUDIT: Source = {
  kind: 'audit',
  from: 'audit_entry e where e.workspace_id = $1 and e.target_id = $2',
  at: 'e.at',
  id: 'e.id',
  entry: `json_build_object('action', e.action, 'actor', ${ACTOR}, 'before', e.before, 'after', e.after,
    'reason', e.reason, 'requestId', e.request_id)`,
};

const PRESENCE: Source = {
  kind: 'presence',
  from: 'presence_interval i where i.workspace_id = $1 and i.agent_id = $2',
  at: 'i.started_at',
  id: 'i.id',
  entry: `json_build_object('state', i.state, 'availability', i.availability, 'connected', i.connected,
    'cause', i.cause, 'endedAt', ${time('i.ended_at')})`,
};

/** What the agent got, and what it lost to somebody else: two indexes, two sources. */
const assignment = (whose: string): Source => ({
  kind: 'assignment',
  from: `audit_entry e where e.workspace_id = $1 and e.target_kind = 'conversation' and ${whose}`,
  at: 'e.at',
  id: 'e.id',
  entry: `json_build_object('action', e.action, 'conversationId', e.target_id, 'actor', ${ACTOR},
    'from', ${reference("e.before->>'assigneeId'")}, 'to', ${reference("e.after->>'assigneeId'")})`,
});
const GOT = assignment("e.after->>'assigneeId' = $2::uuid::text");
const LOST = assignment(
  "e.before->>'assigneeId' = $2::uuid::text and e.after->>'assigneeId' is distinct from $2::uuid::text",
);

const SYNC: Source = {
  kind: 'sync',
  from: 'agent_sync s where s.workspace_id = $1 and s.agent_id = $2 and s.synced_at is not null',
  at: 's.synced_at',
  id: 's.agent_id',
  entry: `json_build_object('version', s.synced_version)`,
};

const RECEIPT: Source = {
  kind: 'receipt',
  from: 'revocation r where r.workspace_id = $1 and r.agent_id = $2',
  at: 'r.created_at',
  id: 'r.id',
  entry: `json_build_object('receipt', json_build_object('id', r.id, 'cause', r.cause, 'revision', r.seq,
    'sessions', r.sessions, 'keys', r.keys, 'conversationsReleased', r.conversations_released,
    'listsLeft', r.lists_left, 'nodes', coalesce(r.nodes, '[]'), 'elapsedMs', coalesce(r.elapsed_ms, 0),
    'sockets', (select coalesce(sum((n->>'sockets')::int), 0) from jsonb_array_elements(coalesce(r.nodes, '[]')) n),
    'enforcement', r.enforcement, 'at', ${time('r.created_at')}))`,
};

const SOURCES = [AUDIT, PRESENCE, GOT, LOST, SYNC, RECEIPT];

/**
 * A page across all sources, or those of one kind: each gives as many as fit, by an index of its own; the newest of
 * those are the page. What an entry is made of is read for these only. `$1`: workspace, `$2`: agent, `$3`: limit, `$4`,
 * `$5`: cursor.
 */
export function timelineSql(kind: TimelineEntry['kind'] | undefined, hasCursor: boolean): string {
  const wanted = SOURCES.filter((source) => kind === undefined || source.kind === kind);
  const sources = wanted.map((source) => `(${sourceSql(source, hasCursor)})`);
  return `
select kind, id, at, at::text as cursor_at, entry from (${sources.join('\nunion all\n')}) entries
order by at desc, id desc limit $3`;
}

function sourceSql({ kind, from, at, id, entry }: Source, hasCursor: boolean): string {
  const after = hasCursor ? `and (${at}, ${id}) < ($4::timestamptz, $5::uuid)` : '';
  return `select '${kind}' as kind, ${id} as id, ${at} as at, ${entry} as entry
from ${from} ${after} order by ${at} desc, ${id} desc limit $3`;
}
