/**
 * Raises and clears alerts.
 *
 * Who calls: whoever looks at thresholds, and whoever changes them, inside their transaction. Guaranteed: alerts of a
 * workspace are raised and cleared one after the other, each with the next revision, so that a view that knows a
 * revision knows everything before it; all nodes are woken when it commits. What must never happen: an alert written
 * by a transaction that doesn't hold the head.
 */
import { Injectable } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { AlertClearing, WebhookEvent } from '#contracts';
import { sql } from '../platform/database/database.js';
import { WebhookEvents } from '../webhooks/webhook-events.js';
import * as queries from './alerts.queries.js';
import type { ChangedRow, RaisedRow } from './alerts.queries.js';

/** Wakes the nodes; the payload is the workspace. */
export const ALERT_CHANNEL = 'muster_alert';

/** The end of a workspace's alerts, held until the transaction ends. */
export interface AlertHead {
  readonly workspaceId: string;
  revision: number;
  /** When somebody looked at the thresholds last, in milliseconds. */
  readonly evaluatedAt: number | null;
}

@Injectable()
export class AlertLedger {
  constructor(private readonly webhooks: WebhookEvents) {}

  /** Takes the head; before anything else is locked. */
  async lock(em: EntityManager, workspaceId: string): Promise<AlertHead> {
    const found = await this.find(em, workspaceId);
    if (found) return found;
    await sql(em, queries.ENSURE_HEAD_SQL, [workspaceId]);
    const made = await this.find(em, workspaceId);
    if (!made) throw new Error('the head of the alerts is missing');
    return made;
  }

  /** Each is one of a threshold and subject that have no open alert. */
  async raise(em: EntityManager, head: AlertHead, rows: RaisedRow[], now: Date): Promise<void> {
    if (rows.length === 0) return;
    const values = [head.workspaceId, now, head.revision, JSON.stringify(rows)];
    const raised = await sql<ChangedRow>(em, queries.RAISE_SQL, values);
    await this.emit(em, 'alert.raised', head, raised, now);
    await this.advance(em, head, rows.length);
  }

  async clear(em: EntityManager, head: AlertHead, ids: string[], because: AlertClearing, now: Date): Promise<void> {
    if (ids.length === 0) return;
    const cleared = await sql<ChangedRow>(em, queries.CLEAR_SQL, [ids, now, head.revision, because]);
    await this.emit(em, 'alert.cleared', head, cleared, now);
    await this.advance(em, head, ids.length);
  }

  /** A threshold is not what it was: its alerts are over, and what was on the way to one is forgotten. */
  async beginAnew(em: EntityManager, head: AlertHead, thresholdId: string, now: Date): Promise<void> {
    const open = await sql<{ id: string }>(em, queries.OPEN_OF_SQL, [thresholdId]);
    const ids = open.map(({ id }) => id);
    await this.clear(em, head, ids, 'threshold_changed', now);
    await sql(em, queries.FORGET_CROSSINGS_SQL, [thresholdId]);
  }

  private async emit(
    em: EntityManager,
    event: WebhookEvent,
    { workspaceId }: AlertHead,
    rows: ChangedRow[],
    at: Date,
  ): Promise<void> {
    const happenings = rows.map(({ id, ...related }) => ({
      event,
      at,
      data: { workspaceId, id, changed: [], related: { ...related } },
    }));
    await this.webhooks.emit(em, happenings);
  }

  private async find(em: EntityManager, workspaceId: string): Promise<AlertHead | null> {
    const [row] = await sql<Omit<AlertHead, 'workspaceId'>>(em, queries.LOCK_HEAD_SQL, [workspaceId]);
    return row ? { ...row, workspaceId } : null;
  }

  private async advance(em: EntityManager, head: AlertHead, by: number): Promise<void> {
    await sql(em, queries.ADVANCE_SQL, [head.workspaceId, by, ALERT_CHANNEL]);
    head.revision += by;
  }
}
