/**
 * Sees to it that the feed tells of what another node recorded, before somebody here is told that it is counted.
 *
 * Who calls: the event bus, whose publishers wait. A node that recorded interactions tells of them at once, unless it is
 * slow, or dead. Guaranteed: when the wait is over the feed tells of the transactions, or an epoch began after they
 * committed, so that everybody loads what they recorded. Must never happen: an epoch for each of many repeats. Those
 * that come while one begins wait for the next look, and share what follows.
 */
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { setTimeout as delay } from 'node:timers/promises';
import { EventBus } from '../../platform/events/event-bus.js';
import { RosterFeed } from './feed.js';
import { FeedRepair } from './feed-repair.js';

/** A node that is well has told by then. */
const PATIENCE_MS = 400;
const LOOK_EVERY_MS = 25;

@Injectable()
export class FeedArrivals implements OnModuleInit {
  /** By workspace: the look that begins next, and what it looks for. */
  private readonly next = new Map<string, { xids: Set<string>; done: Promise<void> }>();
  /** By workspace: the look under way. */
  private readonly current = new Map<string, Promise<void>>();

  constructor(
    private readonly bus: EventBus,
    private readonly feed: RosterFeed,
    private readonly repair: FeedRepair,
  ) {}

  onModuleInit(): void {
    this.bus.on('interactions.repeated', ({ workspaceId, xids }) => this.settle(workspaceId, xids));
  }

  private settle(workspaceId: string, xids: readonly string[]): Promise<void> {
    const waiting = this.next.get(workspaceId);
    if (waiting) {
      for (const xid of xids) waiting.xids.add(xid);
      return waiting.done;
    }
    const wanted = new Set(xids);
    const done = (this.current.get(workspaceId) ?? Promise.resolve()).then(() => {
      this.next.delete(workspaceId);
      const look = this.look(workspaceId, [...wanted]).finally(() => {
        if (this.current.get(workspaceId) === look) this.current.delete(workspaceId);
      });
      this.current.set(workspaceId, look);
      return look;
    });
    this.next.set(workspaceId, { xids: wanted, done });
    return done;
  }

  /** Never rejects. */
  private async look(workspaceId: string, xids: string[]): Promise<void> {
    try {
      const untold = await this.stayUntold(workspaceId, xids);
      if (untold.length === 0) return;
      await this.feed.newEpochIfKnown(workspaceId, 'a node recorded what it did not tell');
      await this.feed.rememberTold(workspaceId, untold);
    } catch {
      this.repair.report(workspaceId);
    }
  }

  /** What is not told of, though its node had time. */
  private async stayUntold(workspaceId: string, xids: string[]): Promise<string[]> {
    const until = performance.now() + PATIENCE_MS;
    for (let missing = xids; ; await delay(LOOK_EVERY_MS)) {
      missing = await this.feed.untold(workspaceId, missing);
      if (missing.length === 0 || performance.now() > until) return missing;
    }
  }
}
