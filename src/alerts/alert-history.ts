import { Injectable } from '@nestjs/common';
import type { AlertView, Position } from '#contracts';
import { Database } from '../platform/database/database.js';
import {
  type AlertRow,
  ENSURE_HEAD_SQL,
  type HeadRow,
  HEADS_SQL,
  OPEN_SQL,
  SINCE_SQL,
  toAlertView,
} from './alerts.queries.js';

/** Where a view of the alerts stands: its offset is their revision. */
export type AlertPosition = Position;

/** An event with its revision. */
export interface Numbered {
  event: 'alert.raised' | 'alert.cleared';
  alert: AlertView;
  revision: number;
}

/** What a view begins with. */
export interface AlertBeginning {
  position: AlertPosition;
  /** All that are open; or, instead, what was missed. */
  content: { alerts: AlertView[] } | { missed: Numbered[]; since: number };
}

/** More than this are not replayed: the open ones are told instead. */
const MOST_REPLAYED = 500;

/** What alerts there are and were, by revision. */
@Injectable()
export class AlertHistory {
  constructor(private readonly database: Database) {}

  /** All that are open; or what was missed since an earlier position, where that is known without a hole. */
  async beginning(
    workspaceId: string,
    known: { epoch?: string | null; offset?: number | null },
  ): Promise<AlertBeginning> {
    const head = await this.head(workspaceId);
    const missed = known.epoch === head.epoch ? head.offset - (known.offset ?? Infinity) : -1;
    if (missed < 0 || missed > MOST_REPLAYED) return this.snapshot(workspaceId);
    const since = head.offset - missed;
    const events = await this.since(workspaceId, since);
    // Some may have come just now: they are in it, so the position is that of the last.
    const offset = events.at(-1)?.revision ?? since;
    if (offset < head.offset || offset - since !== events.length) return this.snapshot(workspaceId);
    return { position: { ...head, offset }, content: { missed: events, since } };
  }

  /** What happened after a revision, in order. */
  async since(workspaceId: string, revision: number): Promise<Numbered[]> {
    const { rows } = await this.database.of(workspaceId).query<AlertRow>(SINCE_SQL, [workspaceId, revision]);
    const events = rows.flatMap(eventsOf).filter((event) => event.revision > revision);
    return events.sort((a, b) => a.revision - b.revision);
  }

  async positions(workspaceIds: string[]): Promise<Map<string, AlertPosition>> {
    const { rows } = await this.database.pool.query<HeadRow>(HEADS_SQL, [workspaceIds]);
    return new Map(rows.map(({ workspaceId, epoch, revision }) => [workspaceId, { epoch, offset: revision }]));
  }

  /** The open ones and where they stand, of one moment. */
  private async snapshot(workspaceId: string): Promise<AlertBeginning> {
    return this.database.snapshot(workspaceId, async (client) => {
      const heads = await client.query<HeadRow>(HEADS_SQL, [[workspaceId]]);
      const open = await client.query<AlertRow>(OPEN_SQL, [workspaceId]);
      return { position: positionOf(heads.rows), content: { alerts: open.rows.map(toAlertView) } };
    });
  }

  private async head(workspaceId: string): Promise<AlertPosition> {
    const known = (await this.positions([workspaceId])).get(workspaceId);
    if (known) return known;
    await this.database.of(workspaceId).query(ENSURE_HEAD_SQL, [workspaceId]);
    const { rows } = await this.database.of(workspaceId).query<HeadRow>(HEADS_SQL, [[workspaceId]]);
    return positionOf(rows);
  }
}

function positionOf([head]: HeadRow[]): AlertPosition {
  if (!head) throw new Error('the head of the alerts is missing');
  return { epoch: head.epoch, offset: head.revision };
}

/** How it was raised, and how it was cleared. */
function eventsOf(row: AlertRow): Numbered[] {
  const alert = toAlertView(row);
  const asRaised = { ...alert, clearedAt: null, clearedBecause: null };
  const raised: Numbered = { event: 'alert.raised', alert: asRaised, revision: row.raised_revision };
  if (row.cleared_revision === null) return [raised];
  return [raised, { event: 'alert.cleared', alert, revision: row.cleared_revision }];
}
