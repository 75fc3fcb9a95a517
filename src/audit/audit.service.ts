import { Injectable } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { AuditAction, AuditTargetKind } from '#contracts';
import { Clock } from '../platform/clock.js';
import { currentRequestId } from '../platform/http/request-context.js';
import { newId } from '../platform/ids.js';
import { AuditEntry } from './audit.entity.js';

/** Who did it: a caller (its authority will do), or the product itself. */
export type Actor = { credential: { kind: 'session' | 'api_key' }; agentId: string } | 'system';

export interface AuditRecord {
  actor: Actor;
  workspaceId: string;
  /** Past tense with its subject, for example `agent.deactivated`. */
  action: AuditAction;
  target: { kind: AuditTargetKind; id: string };
  before?: Record<string, unknown> | null;
  after?: Record<string, unknown> | null;
  reason?: string | null;
  /** Of the request that did it; absent: the one being served. */
  requestId?: string | null;
}

/** A client of PostgreSQL in a transaction. */
export interface SqlTransaction {
  query(config: { text: string; values: unknown[] }): Promise<unknown>;
}

const INSERT_SQL = `
insert into audit_entry (id, workspace_id, at, actor_kind, actor_id, action, target_kind, target_id, before, after, reason,
  request_id)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`;

/** The append-only log, written in the caller's transaction: a change and its entry are one. */
@Injectable()
export class AuditService {
  constructor(private readonly clock: Clock) {}

  /** Adds an entry to the transaction of `em`. Values must hold no secret and no customer number. */
  record(em: EntityManager, record: AuditRecord): void {
    em.create(AuditEntry, this.entryOf(record), { persist: true });
  }

  /** As `record`, for what is done to many: at once, and in one statement. */
  async recordAll(em: EntityManager, records: readonly AuditRecord[]): Promise<void> {
    if (records.length === 0) return;
    await em.insertMany(
      AuditEntry,
      records.map((record) => this.entryOf(record)),
    );
  }

  /** As `record`, in a transaction that is not the ORM's. */
  async recordIn(transaction: SqlTransaction, records: readonly AuditRecord[]): Promise<void> {
    for (const record of records) {
      const { before, after, ...entry } = this.entryOf(record);
      const values = [entry.id, entry.workspaceId, entry.at, entry.actorKind, entry.actorId, entry.action];
      const rest = [entry.targetKind, entry.targetId, toJson(before), toJson(after), entry.reason, entry.requestId];
      await transaction.query({ text: INSERT_SQL, values: [...values, ...rest] });
    }
  }

  private entryOf(record: AuditRecord) {
    return {
      id: newId(),
      workspaceId: record.workspaceId,
      at: this.clock.date(),
      ...actorOf(record.actor),
      action: record.action,
      targetKind: record.target.kind,
      targetId: record.target.id,
      before: record.before ?? null,
      after: record.after ?? null,
      reason: record.reason ?? null,
      requestId: record.requestId ?? currentRequestId(),
    };
  }
}

function toJson(value: Record<string, unknown> | null): string | null {
  return value && JSON.stringify(value);
}

function actorOf(actor: Actor): Pick<AuditEntry, 'actorKind' | 'actorId'> {
  if (actor === 'system') return { actorKind: 'system', actorId: null };
  return { actorKind: actor.credential.kind === 'api_key' ? 'api_key' : 'agent', actorId: actor.agentId };
}

/** What differs between two states: for each member that changed its value before and after. */
export function difference<T extends object>(before: T, after: T): { before: Partial<T>; after: Partial<T> } | null {
  const changed = (Object.keys(after) as (keyof T)[]).filter(
    (key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]),
  );
  if (changed.length === 0) return null;
  const pick = (source: T) => Object.fromEntries(changed.map((key) => [key, source[key]])) as Partial<T>;
  return { before: pick(before), after: pick(after) };
}
