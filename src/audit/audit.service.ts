import { Injectable } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { AuditTargetKind } from '#contracts';
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
  action: string;
  target: { kind: AuditTargetKind; id: string };
  before?: Record<string, unknown> | null;
  after?: Record<string, unknown> | null;
  reason?: string | null;
}

/** The append-only log. `record` writes in the caller's transaction: a change and its entry are one. */
@Injectable()
export class AuditService {
  constructor(private readonly clock: Clock) {}

  /** Adds an entry to the transaction of `em`. Values must hold no secret and no customer number. */
  record(em: EntityManager, record: AuditRecord): void {
    const { actor } = record;
    em.create(
      AuditEntry,
      {
        id: newId(),
        workspaceId: record.workspaceId,
        at: this.clock.date(),
        actorKind: actor === 'system' ? 'system' : actor.credential.kind === 'api_key' ? 'api_key' : 'agent',
        actorId: actor === 'system' ? null : actor.agentId,
        action: record.action,
        targetKind: record.target.kind,
        targetId: record.target.id,
        before: record.before ?? null,
        after: record.after ?? null,
        reason: record.reason ?? null,
        requestId: currentRequestId(),
      },
      { persist: true },
    );
  }
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
