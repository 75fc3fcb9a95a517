/**
 * The live rosters of this node: one per workspace that somebody looks at.
 *
 * Who calls: controllers (`current`), gateways (`subscribe`, `leave`), whoever must know of changes (`listen`).
 * Guaranteed: whatever was acknowledged on any node before the call is in what it answers; when Redis can't say,
 * reads come from PostgreSQL instead, and subscriptions are refused as `live_unavailable`.
 */
import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { bucketOf } from '../density/window.js';
import { Clock } from '../platform/clock.js';
import { Config } from '../platform/config/config.js';
import type { Joined, Viewer } from './audience/audience.js';
import type { Subscription } from './audience/audiences.js';
import { type Head, RosterFeed } from './feed/feed.js';
import type { FeedEntry } from './feed/feed-entry.js';
import { FeedRepair } from './feed/feed-repair.js';
import { FeedTailer } from './feed/feed-tailer.js';
import { encodeJournal } from './projection/journal.js';
import type { Projection } from './projection/projection.js';
import { RosterLoader, unavailable } from './roster.loader.js';
import { type FeedListener, type Witness, WorkspaceRoster } from './workspace.roster.js';

/** How often this node looks whether a boundary has passed. */
const LOOK_MS = 250;
/** A workspace that nobody looks at is kept this long. */
const KEEP_MS = 5 * 60_000;
/** A journal is kept about this often; large workspaces less often, by their size. */
const JOURNAL_MS = 4_500;
const JOURNAL_ROWS = 10_000;

@Injectable()
export class LiveRoster implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly rosters = new Map<string, WorkspaceRoster>();
  private readonly nextAside = new Map<string, Promise<Projection>>();
  private readonly lastAside = new Map<string, Promise<unknown>>();
  private readonly logger = new Logger(LiveRoster.name);
  private timer: NodeJS.Timeout | null = null;
  private bucket = 0;

  constructor(
    private readonly feed: RosterFeed,
    private readonly tailer: FeedTailer,
    private readonly repair: FeedRepair,
    private readonly loader: RosterLoader,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => this.pass(), LOOK_MS).unref();
  }

  onApplicationShutdown(): void {
    if (this.timer) clearInterval(this.timer);
    for (const roster of this.rosters.values()) roster.close();
    this.rosters.clear();
  }

  /** The workspace as it is now. Use it at once: it moves on. */
  async current(workspaceId: string): Promise<Projection> {
    if (this.repair.isBroken(workspaceId)) return this.aside(workspaceId);
    try {
      const roster = this.roster(workspaceId);
      return await roster.reach(await this.look(workspaceId, roster));
    } catch (error) {
      this.logger.debug(`a live roster is read from PostgreSQL: ${String(error)}`);
      return this.aside(workspaceId);
    }
  }

  /** Lets a viewer in. Its frames follow once it is `activate`d, which must be after it was sent the beginning. */
  async subscribe(workspaceId: string, viewer: Viewer, subscription: Subscription): Promise<Joined> {
    if (this.repair.isBroken(workspaceId)) throw unavailable();
    const roster = this.roster(workspaceId);
    const head = await this.look(workspaceId, roster).catch(() => null);
    if (!head) throw unavailable();
    return roster.join(viewer, subscription, head);
  }

  isSubscribed(workspaceId: string, viewerId: string, name: string): boolean {
    return this.rosters.get(workspaceId)?.hasViewer(name, viewerId) ?? false;
  }

  /** The viewer leaves one subscription, or all. */
  leave(workspaceId: string, viewerId: string, name?: string): void {
    this.rosters.get(workspaceId)?.leave(viewerId, name);
  }

  /** Calls `listener` with every entry of the workspace's feed from now on; returns how to stop. */
  listen(workspaceId: string, listener: FeedListener): () => void {
    return this.roster(workspaceId).listen(listener);
  }

  /** The workspaces whose rosters this node keeps. */
  loaded(): string[] {
    return [...this.rosters.keys()];
  }

  /** Looks on at what is shown and at what comes; null: the roster isn't loaded. */
  witness(workspaceId: string, entry: (entry: FeedEntry) => void): Witness | null {
    return this.rosters.get(workspaceId)?.witness(entry) ?? null;
  }

  private roster(workspaceId: string): WorkspaceRoster {
    const known = this.rosters.get(workspaceId);
    if (known) return known;
    const roster = new WorkspaceRoster(workspaceId, {
      tickMs: this.config.tickMs,
      load: () => this.loader.load(workspaceId),
      follow: (offset, handle) => this.tailer.follow(workspaceId, offset, handle),
      boundaryPassed: (projection) => void this.keepJournal(workspaceId, projection),
    });
    this.rosters.set(workspaceId, roster);
    return roster;
  }

  /**
   * Where the feed stands. Who shows another epoch, twice, missed that a new one began; a feed that is behind what was
   * shown before it was asked has lost entries, and gives their offsets to others.
   */
  private async look(workspaceId: string, roster: WorkspaceRoster): Promise<Head> {
    const before = roster.position;
    const head = await this.feed.look(workspaceId);
    if (before && before.epoch === head.epoch && head.offset < before.offset) {
      await this.feed.newEpoch(workspaceId, 'the feed forgot what it told');
      return this.look(workspaceId, roster);
    }
    if (!roster.disagreesWith(head)) return head;
    const again = await this.feed.look(workspaceId);
    if (roster.disagreesWith(again)) roster.restart('epoch');
    return again;
  }

  /** Puts each boundary on the feeds that are shown, and lets go of those that aren't any more. */
  private pass(): void {
    const bucket = bucketOf(this.clock.now());
    if (bucket === this.bucket) return;
    this.bucket = bucket;
    const before = performance.now() - KEEP_MS;
    for (const [workspaceId, roster] of this.rosters) {
      const { idleSince } = roster;
      if (idleSince !== null && idleSince < before) {
        roster.close();
        this.rosters.delete(workspaceId);
      } else {
        this.look(workspaceId, roster).catch((error: unknown) => {
          this.logger.debug(`a boundary could not be published: ${String(error)}`);
        });
      }
    }
  }

  private async keepJournal(workspaceId: string, projection: Projection): Promise<void> {
    try {
      const { epoch, size } = projection;
      if (!(await this.feed.takeTurn(workspaceId, JOURNAL_MS * Math.ceil((size + 1) / JOURNAL_ROWS)))) return;
      const journal = projection.journal();
      await this.feed.keepJournal(workspaceId, { epoch, offset: journal.offset, data: encodeJournal(journal) });
    } catch (error) {
      this.logger.debug(`a journal could not be kept: ${String(error)}`);
    }
  }

  /** From PostgreSQL. Callers share a load that has not begun yet, never one that is under way. */
  private aside(workspaceId: string): Promise<Projection> {
    const waiting = this.nextAside.get(workspaceId);
    if (waiting) return waiting;
    const next = (this.lastAside.get(workspaceId) ?? Promise.resolve()).then(() => {
      this.nextAside.delete(workspaceId);
      const load = this.loader.loadAside(workspaceId);
      this.lastAside.set(workspaceId, load.then(ignore, ignore));
      return load;
    });
    this.nextAside.set(workspaceId, next);
    return next;
  }
}

function ignore(): void {}
