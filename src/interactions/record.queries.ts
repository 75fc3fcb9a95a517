import type { ConversationStatus, Direction } from '#contracts';
import type { Interaction } from './interaction-input.js';
import type { Recorded } from './interaction.events.js';

/** Anything that runs SQL: a pool or a client. */
export interface Queryable {
  query<Row extends object>(config: {
    name?: string;
    text: string;
    values: unknown[];
  }): Promise<{ rows: Row[]; rowCount: number | null }>;
}

/** An interaction to record. Members are named as the statement reads them. */
export interface RecordRow {
  workspace_id: string;
  /** The key under which it counts: see `PhoneVault.interactionKey`. */
  id: string;
  conversation_id: string;
  /** Null: the conversation's assignee. */
  agent_id: string | null;
  /** By somebody who is no agent: it counts for the team only. */
  is_outsider?: boolean;
  direction: Direction;
  /** ISO-8601. */
  at: string;
}

/** An interaction of a workspace as a row. */
export function toRow(workspaceId: string, interaction: Interaction): RecordRow {
  return {
    workspace_id: workspaceId,
    id: interaction.id,
    conversation_id: interaction.conversationId,
    agent_id: interaction.agentId,
    is_outsider: interaction.isOutsider,
    direction: interaction.direction,
    at: new Date(interaction.at).toISOString(),
  };
}

/** What became of an interaction. */
export type Outcome = 'accepted' | 'duplicate' | 'conversation_not_found' | 'agent_not_found';

interface RecordedRow {
  xid: string;
  outcomes: string;
  increments:
    | {
        workspace_id: string;
        agent_id: string | null;
        team_id: string | null;
        bucket: number;
        inbound: number;
        outbound: number;
      }[]
    | null;
  conversations: ChangedRow[] | null;
}

/** Times are milliseconds, nearly. */
type ChangedRow = [
  workspaceId: string,
  id: string,
  teamId: string | null,
  assigneeId: string | null,
  status: ConversationStatus,
  waitingSince: number | null,
  version: number,
];

/** What a conversation's own messages of one statement are merged with: the row as it is once it is ours. */
const ANSWERED = 'greatest(c.last_outbound_at, t.outbound_at)';

/** The first of the statement's customer messages after a time. Nearly always there is one, and no need to look. */
const firstAfter = (time: string) => `case
      when t.first_at > coalesce(${time}, '-infinity') then t.first_at
      when t.inbound_at > ${time} then (select min(own) from unnest(t.inbounds) own where own > ${time})
    end`;

const IS_NEWS = `(t.inbound_at > coalesce(c.last_inbound_at, '-infinity')
      or t.outbound_at > coalesce(c.last_outbound_at, '-infinity')
      or ${firstAfter('c.last_outbound_at')} < c.waiting_since)`;

/**
 * Records interactions, all of it or nothing, and says what became of each. `$1`: now, `$2`: JSON of `RecordRow[]`.
 *
 * Must run in READ COMMITTED. How it stays exact with others at work:
 * - An id is counted by whoever inserts its key; `fresh` holds those inserted here. Of equal ids in one statement
 *   the first that can be recorded counts.
 * - Keys are taken first, in their order, conversations last, in the order of their ids: statements don't wait for
 *   each other in a circle, and hold conversations only while they commit.
 * - A conversation's times are merged in `changed`, with its latest version: where another statement was faster,
 *   PostgreSQL waits for it and computes them again. Therefore each conversation is updated that anything was stored
 *   of, also where it stays as it is: were it passed over, a late answer recorded at the same time could miss what
 *   was stored.
 * - `waiting_since` is the time of the first customer message after the last answer, whatever order they came in.
 *   What is stored is needed only when an answer comes late, between customer messages known before:
 *   `first_inbound_after` looks for them with a snapshot of its own, taken when the conversation is ours.
 *   It must stay a function: a subquery over the partitions in its place would see an older snapshot, and was seen
 *   crashing PostgreSQL 18.4 (run-time partition pruning in a statement whose rows others update at the same time).
 *
 * How many rows there are is unknown when it is planned, so it is written to be right for any: tables only through
 * their keys (`any(array(…))`, and `offset 0`, which keeps the agents' lookup one by one).
 */
const RECORD_SQL = `
with input as materialized (
  select * from rows from (json_to_recordset($2) as
    (workspace_id uuid, id text, conversation_id uuid, agent_id uuid, is_outsider boolean, direction text,
      at timestamptz)) with ordinality as i (workspace_id, id, conversation_id, agent_id, is_outsider, direction, at, n)
), known as materialized (
  select id, workspace_id, assignee_id, team_id from conversation
  where id = any(array(select conversation_id from input))
), resolved as (
  select i.n, i.workspace_id, i.id, i.direction, i.at, c.id as conversation_id, a.id as agent_id,
    coalesce(a.team_id, c.team_id) as team_id,
    case when c.id is null then 'c' when i.agent_id is not null and a.id is null then 'a' else '' end as refusal
  from input i
  left join known c on c.id = i.conversation_id and c.workspace_id = i.workspace_id
  left join lateral (
    select a.id, a.team_id from agent a
    where a.id = case when i.is_outsider then null else coalesce(i.agent_id, c.assignee_id) end
      and a.workspace_id = i.workspace_id and a.deleted_at is null
    offset 0
  ) a on true
), numbered as materialized (
  select *, row_number() over (partition by workspace_id, id collate "C", refusal order by n) as nth from resolved
), fresh as (
  insert into interaction_key (workspace_id, id, recorded_at)
  select workspace_id, id, $1 from numbered where refusal = '' and nth = 1 order by workspace_id, id collate "C"
  on conflict do nothing
  returning workspace_id, id
), judged as materialized (
  select *, case
      when refusal <> '' then refusal
      when nth = 1 and (workspace_id, id) in (select workspace_id, id from fresh) then 'k'
      else 'd'
    end as outcome
  from numbered
), stored as (
  insert into interaction (workspace_id, id, conversation_id, agent_id, team_id, direction, at, recorded_at)
  select workspace_id, id, conversation_id, agent_id, team_id, direction, at, $1 from judged where outcome = 'k'
), told as materialized (
  select conversation_id, max(at) filter (where direction = 'outbound') as outbound_at,
    max(at) filter (where direction = 'inbound') as inbound_at,
    min(at) filter (where direction = 'inbound') as first_at,
    array_agg(at) filter (where direction = 'inbound') as inbounds
  from judged where outcome = 'k' group by conversation_id order by conversation_id
), changed as (
  update conversation c
  set last_inbound_at = greatest(c.last_inbound_at, t.inbound_at), last_outbound_at = ${ANSWERED},
    waiting_since = least(${firstAfter(ANSWERED)}, case
      when ${ANSWERED} is not distinct from c.last_outbound_at or c.waiting_since > ${ANSWERED} then c.waiting_since
      when c.last_inbound_at > ${ANSWERED} then first_inbound_after(c.id, ${ANSWERED})
    end),
    version = c.version + (${IS_NEWS} is true)::int,
    updated_at = case when ${IS_NEWS} then $1 else c.updated_at end
  from told t
  where c.id = t.conversation_id
  returning c.workspace_id, c.id, c.team_id, c.assignee_id, c.status, c.waiting_since, c.version,
    c.updated_at = $1 as is_news
)
select pg_current_xact_id()::text as xid,
  (select string_agg(outcome, '' order by n) from judged) as outcomes,
  (select json_agg(counts) from (
    select workspace_id, agent_id, team_id, floor(date_part('epoch', at) / 5) as bucket,
      count(*) filter (where direction = 'inbound') as inbound,
      count(*) filter (where direction = 'outbound') as outbound
    from judged where outcome = 'k' group by 1, 2, 3, 4
  ) counts) as increments,
  (select json_agg(json_build_array(
      workspace_id, id, team_id, assignee_id, status, date_part('epoch', waiting_since) * 1000, version
    )) from changed where is_news) as conversations`;

const OUTCOMES: Record<string, Outcome> = {
  k: 'accepted',
  d: 'duplicate',
  c: 'conversation_not_found',
  a: 'agent_not_found',
};

/** Records `rows` in one statement. Outcomes are in the order of `rows`. */
export async function recordInteractions(
  database: Queryable,
  now: Date,
  rows: RecordRow[],
): Promise<{ outcomes: Outcome[]; recorded: Recorded }> {
  const result = await database.query<RecordedRow>({
    name: 'record-interactions',
    text: RECORD_SQL,
    values: [now, JSON.stringify(rows)],
  });
  const row = result.rows[0];
  if (!row) throw new Error('recording interactions answered nothing');
  const outcomes = Array.from(row.outcomes ?? '', (letter) => OUTCOMES[letter] ?? 'duplicate');
  const increments = (row.increments ?? []).map((counted) => ({
    workspaceId: counted.workspace_id,
    agentId: counted.agent_id,
    teamId: counted.team_id,
    bucket: counted.bucket,
    inbound: counted.inbound,
    outbound: counted.outbound,
  }));
  return { outcomes, recorded: { xid: row.xid, increments, conversations: (row.conversations ?? []).map(toState) } };
}

function toState([workspaceId, id, teamId, assigneeId, status, waitingSince, version]: ChangedRow) {
  const state = { workspaceId, id, teamId, assigneeId, status, version };
  return { ...state, waitingSince: waitingSince === null ? null : Math.round(waitingSince) };
}
