import type {
  AlertClearing,
  AlertView,
  Comparison,
  DensityWindow,
  ThresholdCondition,
  ThresholdKind,
} from '#contracts';
import { keyset } from '../platform/database/keyset.js';
import type { ListAlertsQuery } from './alerts.query.js';

/** An enabled threshold whose workspace nobody has looked at for a while. */
export interface DueRow {
  id: string;
  workspaceId: string;
  version: number;
  name: string;
  kind: ThresholdKind;
  teamId: string | null;
  comparison: Comparison;
  value: number;
  densityWindow: DensityWindow | null;
  forMinutes: number;
}

/** `$1`: now, `$2`: seconds since the last look. */
export const DUE_SQL = `
select t.id, t.workspace_id as "workspaceId", t.version, t.name, t.kind, t.team_id as "teamId", t.comparison, t.value,
  t.density_window as "densityWindow", t.for_minutes as "forMinutes"
from threshold t join alert_head h on h.workspace_id = t.workspace_id
where t.enabled and (h.evaluated_at is null or abs(extract(epoch from $1::timestamptz - h.evaluated_at)) >= $2)
order by t.workspace_id, t.id`;

/** Who waits and is nobody's, by team. `$1`: workspace. Served by the index of open conversations by assignee. */
export const UNASSIGNED_SQL = `
select team_id as "teamId", (extract(epoch from min(waiting_since)) * 1000)::float8 as since
from conversation
where assignee_id is null and status = 'open' and waiting_since is not null and workspace_id = $1
group by team_id`;

/** Every workspace with a threshold or a viewer has a head. `$1`: workspace. */
export const ENSURE_HEAD_SQL = 'insert into alert_head (workspace_id) values ($1) on conflict do nothing';

/** Takes the head until the transaction ends. `$1`: workspace. */
export const LOCK_HEAD_SQL = `
select revision::float8 as revision, (extract(epoch from evaluated_at) * 1000)::float8 as "evaluatedAt"
from alert_head where workspace_id = $1 for update`;

/** `$1`: workspace, `$2`: now. */
export const EVALUATED_SQL = 'update alert_head set evaluated_at = $2 where workspace_id = $1';

/** Alerts changed: every node looks once it commits. `$1`: workspace, `$2`: by how many, `$3`: channel. */
export const ADVANCE_SQL = `
with advanced as (update alert_head set revision = revision + $2 where workspace_id = $1 returning workspace_id)
select pg_notify($3, workspace_id::text) from advanced`;

/** What is known of the subjects of the workspace's thresholds, and which thresholds still are. `$1`: workspace. */
export const TRACKED_SQL = `
select t.id as "thresholdId", t.version, s.subject_id as "subjectId", s.alert_id as "alertId",
  (extract(epoch from s.since) * 1000)::float8 as since
from threshold t left join lateral (
  select coalesce(a.subject_id, c.subject_id) as subject_id, a.id as alert_id, c.since
  from (select * from alert where threshold_id = t.id and cleared_at is null) a
  full join (select * from alert_crossing where threshold_id = t.id) c on c.subject_id = a.subject_id
) s on true
where t.workspace_id = $1 and t.enabled`;

/** `$1`: workspace, `$2`: now, `$3`: the revision before, `$4`: JSON of `RaisedRow[]`. */
export const RAISE_SQL = `
insert into alert (id, workspace_id, threshold_id, name, condition, subject_id, agent_id, team_id, value, raised_at,
  raised_revision)
select id, $1, threshold_id, name, condition, subject_id, agent_id, team_id, value, $2, $3::bigint + n
from rows from (json_to_recordset($4) as (id uuid, threshold_id uuid, name text, condition jsonb, subject_id uuid,
  agent_id uuid, team_id uuid, value float8)) with ordinality as r
  (id, threshold_id, name, condition, subject_id, agent_id, team_id, value, n)
on conflict (threshold_id, subject_id) where cleared_at is null do nothing
returning id, threshold_id as "thresholdId", agent_id as "agentId", team_id as "teamId"`;

/** An alert that was raised or cleared. */
export interface ChangedRow {
  id: string;
  thresholdId: string;
  agentId: string | null;
  teamId: string | null;
}

export interface RaisedRow {
  id: string;
  threshold_id: string;
  name: string;
  condition: ThresholdCondition;
  subject_id: string;
  agent_id: string | null;
  team_id: string | null;
  value: number;
}

/** `$1`: ids, `$2`: now, `$3`: the revision before, `$4`: why. */
export const CLEAR_SQL = `
update alert a set cleared_at = $2, cleared_revision = $3::bigint + o.n, cleared_because = $4
from unnest($1::uuid[]) with ordinality as o (id, n)
where a.id = o.id and a.cleared_at is null
returning a.id, a.threshold_id as "thresholdId", a.agent_id as "agentId", a.team_id as "teamId"`;

/** `$1`: workspace, `$2`: now, `$3`: thresholds, `$4`: their subjects. */
export const BEGIN_SQL = `
insert into alert_crossing (workspace_id, threshold_id, subject_id, since)
select $1, threshold_id, subject_id, $2 from unnest($3::uuid[], $4::uuid[]) as c (threshold_id, subject_id)
on conflict (threshold_id, subject_id) do update set since = excluded.since`;

/** `$1`: thresholds, `$2`: their subjects. */
export const END_SQL = `
delete from alert_crossing c using unnest($1::uuid[], $2::uuid[]) as e (threshold_id, subject_id)
where c.threshold_id = e.threshold_id and c.subject_id = e.subject_id`;

/** What a threshold has raised. `$1`: threshold. */
export const OPEN_OF_SQL =
  'select id from alert where threshold_id = $1 and cleared_at is null order by raised_revision';

export const FORGET_CROSSINGS_SQL = 'delete from alert_crossing where threshold_id = $1';

/** What was on the way while nobody watched. `$1`: workspace. */
export const FORGET_ALL_CROSSINGS_SQL = 'delete from alert_crossing where workspace_id = $1';

/** `$1`: alerts cleared before then are forgotten. */
export const FORGET_SQL = 'delete from alert where cleared_at < $1';

export interface AlertRow {
  id: string;
  threshold_id: string;
  name: string;
  condition: ThresholdCondition;
  agent_id: string | null;
  agent_name: string | null;
  team_id: string | null;
  team_name: string | null;
  value: number;
  raised_at: Date;
  raised_revision: number;
  cleared_at: Date | null;
  cleared_revision: number | null;
  cleared_because: AlertClearing | null;
  cursor: string[];
}

const select = (cursor = "'{}'::text[]") => `
select a.id, a.threshold_id, a.name, a.condition, a.agent_id, g.name as agent_name, a.team_id, t.name as team_name,
  a.value, a.raised_at, a.raised_revision::float8 as raised_revision, a.cleared_at,
  a.cleared_revision::float8 as cleared_revision, a.cleared_because, ${cursor} as cursor
from alert a
left join agent g on g.id = a.agent_id and g.workspace_id = a.workspace_id
left join team t on t.id = a.team_id and t.workspace_id = a.workspace_id`;

/** Open alerts, oldest first. `$1`: workspace. */
export const OPEN_SQL = `${select()} where a.workspace_id = $1 and a.cleared_at is null order by a.raised_revision`;

/** Alerts that were raised or cleared after a revision. `$1`: workspace, `$2`: the revision. */
export const SINCE_SQL = `${select()}
where a.workspace_id = $1 and a.id in (
  select id from alert where workspace_id = $1 and raised_revision > $2
  union select id from alert where workspace_id = $1 and cleared_revision > $2 and cleared_at is not null
)`;

export interface HeadRow {
  workspaceId: string;
  epoch: string;
  revision: number;
}

/** Where alerts stand. `$1`: workspaces. */
export const HEADS_SQL = `
select workspace_id as "workspaceId", epoch, revision::float8 as revision from alert_head
where workspace_id = any($1::uuid[])`;

const SORTS = { raisedAt: { sql: 'a.raised_at', type: 'timestamptz' } } as const;

/** A page of alerts, newest first. */
export function alertPage(workspaceId: string, query: ListAlertsQuery): { text: string; values: unknown[] } {
  const keys = keyset(query, SORTS, { fallback: '-raisedAt', id: 'a.id', firstParam: 3 });
  const values: unknown[] = [workspaceId, query.limit + 1, ...keys.params];
  const conditions = ['a.workspace_id = $1', keys.where];
  const add = (value: unknown, condition: (parameter: string) => string) => {
    if (value !== undefined) conditions.push(condition(`$${values.push(value)}`));
  };
  add(query.thresholdId, (id) => `a.threshold_id = ${id}`);
  add(query.agentId, (id) => `a.agent_id = ${id}`);
  add(query.teamId, (id) => `a.team_id = ${id}`);
  if (query.open !== undefined) conditions.push(`a.cleared_at is ${query.open ? '' : 'not '}null`);
  const text = `${select(keys.cursor)} where ${conditions.join(' and ')} order by ${keys.order} limit $2`;
  return { text, values };
}

export function toAlertView(row: AlertRow): AlertView {
  return {
    id: row.id,
    thresholdId: row.threshold_id,
    name: row.name,
    condition: row.condition,
    agent: row.agent_id === null ? null : { id: row.agent_id, name: row.agent_name ?? '' },
    team: row.team_id === null ? null : { id: row.team_id, name: row.team_name ?? '' },
    value: row.value,
    raisedAt: row.raised_at.toISOString(),
    clearedAt: row.cleared_at?.toISOString() ?? null,
    clearedBecause: row.cleared_because,
  };
}
