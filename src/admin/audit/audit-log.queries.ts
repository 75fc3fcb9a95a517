import type { AuditAction, AuditActor, AuditTargetKind } from '#contracts';
import { containing } from '../../platform/database/keyset.js';
import type { AuditQuery } from './audit.query.js';

/** An entry joined with the names in it. */
export interface AuditRow {
  id: string;
  seq: number;
  at: Date;
  actorKind: AuditActor['kind'];
  actorId: string | null;
  actorName: string | null;
  action: AuditAction;
  targetKind: AuditTargetKind;
  targetId: string;
  targetName: string | null;
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
  reason: string | null;
  requestId: string | null;
  hash: string;
}

export type AuditFilters = Pick<AuditQuery, 'actorId' | 'action' | 'targetKind' | 'targetId' | 'from' | 'to' | 'q'>;

/** Which part of the log: so many entries after a place in it, in one of both directions. */
export interface Stretch {
  after: number | null;
  limit: number;
  /** The newest first. */
  descending: boolean;
}

/** What a target is called. Customers' names are not told here: who may see them is decided elsewhere. */
const TARGET_NAME = `case e.target_kind
    when 'agent' then (select name from agent where id = e.target_id and workspace_id = e.workspace_id)
    when 'team' then (select name from team where id = e.target_id and workspace_id = e.workspace_id)
    when 'api_key' then (select name from api_key where id = e.target_id and workspace_id = e.workspace_id)
    when 'channel' then coalesce(
      (select name from channel where id = e.target_id and workspace_id = e.workspace_id),
      (select name from chatwoot_account where id = e.target_id and workspace_id = e.workspace_id))
    when 'threshold' then (select name from threshold where id = e.target_id and workspace_id = e.workspace_id)
    when 'workspace' then (select name from workspace where id = e.target_id and id = e.workspace_id)
  end`;

/** A stretch of a workspace's log. Only the conditions that are asked for, so that each finds its index. */
export function auditStretch(
  workspaceId: string,
  filters: AuditFilters,
  { after, limit, descending }: Stretch,
): { text: string; values: unknown[] } {
  const values: unknown[] = [workspaceId, limit];
  const conditions = ['e.workspace_id = $1', 'e.seq is not null'];
  const add = (value: unknown, condition: (parameter: string) => string) => {
    if (value !== undefined && value !== null) conditions.push(condition(`$${values.push(value)}`));
  };
  add(filters.actorId, (id) => `e.actor_id = ${id}`);
  add(filters.action, (action) => `e.action = ${action}`);
  add(filters.targetKind, (kind) => `e.target_kind = ${kind}`);
  add(filters.targetId, (id) => `e.target_id = ${id}`);
  add(filters.from, (from) => `e.at >= ${from}`);
  add(filters.to, (to) => `e.at < ${to}`);
  add(filters.q ? containing(filters.q) : null, searched);
  add(after, (seq) => `e.seq ${descending ? '<' : '>'} ${seq}`);
  const text = `
    select e.id, e.seq::float8 as seq, e.at, e.actor_kind as "actorKind", e.actor_id as "actorId",
      actor.name as "actorName", e.action, e.target_kind as "targetKind", e.target_id as "targetId",
      ${TARGET_NAME} as "targetName", e.before, e.after, e.reason, e.request_id as "requestId",
      encode(e.hash, 'hex') as hash
    from audit_entry e left join agent actor on actor.id = e.actor_id and actor.workspace_id = e.workspace_id
    where ${conditions.join(' and ')} order by e.seq ${descending ? 'desc' : 'asc'} limit $2`;
  return { text, values };
}

function searched(pattern: string): string {
  const texts = ['e.action', 'e.reason', 'e.request_id', 'actor.name'];
  return `(${texts.map((text) => `${text} ilike ${pattern}`).join(' or ')})`;
}
