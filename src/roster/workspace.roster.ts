/**
 * One workspace on this node: its projection, kept current by the feed, and the audiences that see it.
 *
 * Who calls: `LiveRoster`. Guaranteed: entries are applied in order and without a hole, or everything is loaded
 * again and everybody subscribes again; a heartbeat follows each boundary that came through the feed, so a view that
 * hears none is right to call itself stale. What must never happen: a read answered from a projection that has not
 * reached what the reader may know of.
 */
import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { ResyncReason } from '#contracts';
import type { Joined, Viewer } from './audience/audience.js';
import { Audiences, type Subscription } from './audience/audiences.js';
import type { Head } from './feed/feed.js';
import type { FeedEntry } from './feed/feed-entry.js';
import type { Projection } from './projection/projection.js';
import { type LoadedRoster, unavailable } from './roster.loader.js';

/** What the workspace needs of its node. */
export interface WorkspaceHost {
  readonly tickMs: number;
  load(): Promise<LoadedRoster>;
  /** Follows the feed after `offset`; returns how to stop. */
  follow(offset: number, handle: (entries: FeedEntry[]) => void): () => void;
  /** Called after each boundary. */
  boundaryPassed(projection: Projection): void;
}

/** Told of every entry of the feed; and when everything was loaded again, so that entries may have been missed. */
export interface FeedListener {
  entry(entry: FeedEntry): void;
  reloaded(before: Projection, after: Projection): void;
}

/** Somebody who looks on without needing the roster. */
export interface Witness {
  readonly projection: Projection;
  /** Whether it is still what is shown: then no entry was missed. */
  isCurrent(): boolean;
  end(): void;
}

interface Live {
  projection: Projection;
  audiences: Audiences;
  stopFollowing: () => void;
}

interface Waiting {
  isReached: (projection: Projection) => boolean;
  resolve: (projection: Projection) => void;
}

const REACH_WITHIN_MS = 2_000;
const RELOAD_AFTER_MS = 500;
/** Nodes that have to load at the same time spread over this. */
const JITTER_MS = 100;
/** An answer takes up to a few milliseconds: others wait for no more than these. */
const JOINS_PER_TURN = 8;

export class WorkspaceRoster {
  private readonly logger = new Logger('LiveRoster');
  private readonly listeners = new Set<FeedListener>();
  private readonly witnesses = new Set<(entry: FeedEntry) => void>();
  private readonly waiting = new Set<Waiting>();
  private live: Live | null = null;
  /** What listeners have been told up to. */
  private told: Projection | null = null;
  private loading: Promise<Projection> | null = null;
  private joinsThisTurn = 0;
  private turnOver: Promise<void> = Promise.resolve();
  private isClosed = false;
  private usedAt = performance.now();

  constructor(
    private readonly workspaceId: string,
    private readonly host: WorkspaceHost,
  ) {}

  /** Since when nobody has needed it, monotonic; null: somebody does. */
  get idleSince(): number | null {
    const isNeeded = this.listeners.size + this.waiting.size > 0 || this.loading !== null;
    return isNeeded || this.live?.audiences.isEmpty === false ? null : this.usedAt;
  }

  /** Where it stands in the feed; null: it isn't loaded. */
  get position(): Pick<Head, 'epoch' | 'offset'> | null {
    if (!this.live) return null;
    const { epoch, offset } = this.live.projection;
    return { epoch, offset };
  }

  /** Whether the feed is in another epoch than what is shown. */
  disagreesWith(head: Head): boolean {
    return this.live !== null && this.live.projection.epoch !== head.epoch;
  }

  /**
   * The projection once it has reached `head`. Use it at once: it moves on. One of another epoch was loaded after
   * `head` was seen.
   */
  async reach(head: Head): Promise<Projection> {
    this.usedAt = performance.now();
    const projection = await this.loaded();
    const isReached = ({ epoch, offset }: Projection) => epoch !== head.epoch || offset >= head.offset;
    return isReached(projection) ? projection : this.until(isReached);
  }

  /** Lets a viewer in that may know of `head`. Where many come, a few in each turn of the event loop: answers are large. */
  async join(viewer: Viewer, subscription: Subscription, head: Head): Promise<Joined> {
    await this.reach(head);
    while (this.joinsThisTurn >= JOINS_PER_TURN) await this.turnOver;
    if (this.joinsThisTurn++ === 0) this.turnOver = nextTurn().then(() => void (this.joinsThisTurn = 0));
    if (!viewer.isOpen || !this.live) throw unavailable();
    return this.live.audiences.join(viewer, subscription);
  }

  hasViewer(name: string, viewerId: string): boolean {
    return this.live?.audiences.hasViewer(name, viewerId) ?? false;
  }

  /** The viewer leaves one audience, or all. */
  leave(viewerId: string, name?: string): void {
    this.usedAt = performance.now();
    this.live?.audiences.leave(viewerId, name);
  }

  /** Calls `listener` from now on; returns how to stop. */
  listen(listener: FeedListener): () => void {
    this.listeners.add(listener);
    this.loaded().catch(() => this.retry());
    return () => {
      this.usedAt = performance.now();
      this.listeners.delete(listener);
      if (this.listeners.size === 0) this.told = null;
    };
  }

  /** Calls `entry` with every entry after what is shown now; null: nothing is. Does not keep the roster alive. */
  witness(entry: (entry: FeedEntry) => void): Witness | null {
    if (!this.live) return null;
    const { projection } = this.live;
    this.witnesses.add(entry);
    const isCurrent = () => this.live?.projection === projection;
    return { projection, isCurrent, end: () => void this.witnesses.delete(entry) };
  }

  /** Loads everything again; whoever watches subscribes again. */
  restart(reason: ResyncReason): void {
    if (this.isClosed || !this.live) return;
    this.stop(reason);
    this.loading = delay(Math.random() * JITTER_MS).then(() => this.load());
    this.loading.catch(() => this.retry());
  }

  close(): void {
    this.isClosed = true;
    this.stop(null);
  }

  private stop(reason: ResyncReason | null): void {
    this.live?.audiences.dismiss(reason);
    this.live?.stopFollowing();
    this.live = null;
  }

  private loaded(): Promise<Projection> {
    if (this.live) return Promise.resolve(this.live.projection);
    return (this.loading ??= this.load());
  }

  private async load(): Promise<Projection> {
    try {
      const { projection, since } = await this.host.load();
      if (this.isClosed) throw unavailable();
      const stopFollowing = this.host.follow(projection.offset, (entries) => this.take(projection, entries));
      this.live = { projection, audiences: new Audiences(projection, this.host.tickMs), stopFollowing };
      this.tell(projection, since);
      return projection;
    } finally {
      this.loading = null;
      this.settleWaiting();
    }
  }

  /** What listeners missed while it was loaded. `since`: the entries that came meanwhile. */
  private tell(projection: Projection, since: FeedEntry[]): void {
    const before = this.told;
    this.told = projection;
    for (const listener of this.listeners) {
      if (before) listener.reloaded(before, projection);
      else for (const entry of since) listener.entry(entry);
    }
  }

  /** Readers come again by themselves; listeners don't. */
  private retry(): void {
    if (this.isClosed || this.listeners.size === 0) return;
    this.logger.warn({ workspaceId: this.workspaceId }, 'the live roster could not be loaded; trying again');
    setTimeout(() => {
      if (this.listeners.size > 0) this.loaded().catch(() => this.retry());
    }, RELOAD_AFTER_MS).unref();
  }

  private take(projection: Projection, entries: FeedEntry[]): void {
    if (this.live?.projection !== projection) return;
    const { audiences } = this.live;
    let isBoundary = false;
    for (const entry of entries) {
      if (entry.epoch !== projection.epoch) return this.restart('epoch');
      if (entry.offset !== projection.offset + 1) return this.restart('gap');
      const change = projection.apply(entry);
      isBoundary ||= change.isBoundary;
      audiences.absorb(change);
      for (const listener of this.listeners) listener.entry(entry);
      for (const tell of this.witnesses) tell(entry);
    }
    this.settleWaiting();
    // Once everything that came with it was read: whoever caused it may be waiting for their answer.
    if (!isBoundary) return void setImmediate(() => audiences.send());
    audiences.beat();
    this.host.boundaryPassed(projection);
  }

  private async until(isReached: Waiting['isReached']): Promise<Projection> {
    const { promise, resolve, reject } = Promise.withResolvers<Projection>();
    const waiting: Waiting = { isReached, resolve };
    const timer = setTimeout(() => reject(unavailable()), REACH_WITHIN_MS);
    this.waiting.add(waiting);
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      this.waiting.delete(waiting);
    }
  }

  private settleWaiting(): void {
    if (!this.live) return;
    const { projection } = this.live;
    for (const { isReached, resolve } of this.waiting) if (isReached(projection)) resolve(projection);
  }
}
