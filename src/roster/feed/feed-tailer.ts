/**
 * Follows the feeds of all workspaces that this node shows, on one connection of its own.
 *
 * Guaranteed: a follower gets every entry after its offset, in order, as long as the stream still has it; entries
 * that were trimmed leave a hole in the offsets, which the follower sees. Redis may go and come back: the tailer
 * goes on from where it was.
 */
import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { setTimeout as delay } from 'node:timers/promises';
import { Config } from '../../platform/config/config.js';
import { RedisConnections } from '../../platform/redis/redis-connections.js';
import { parseEntry, type RawEntry, RosterFeed } from './feed.js';
import type { FeedEntry } from './feed-entry.js';

type Handler = (entries: FeedEntry[]) => void;

interface Follower {
  offset: number;
  handle: Handler;
}

/** What a read found, by stream. */
type Found = [stream: string, entries: RawEntry[]][];

/** A reader that could not be woken looks again after this time. */
const BLOCK_MS = 1_000;
/** A connection that says nothing for this long is dead, though nobody told us. */
const DEAD_MS = 5_000;
/** How long the bell is kept after this node is gone. */
const BELL_MS = 3_600_000;
const BATCH = 500;
const RETRY_MS = 200;

@Injectable()
export class FeedTailer implements OnApplicationShutdown {
  /** By stream. */
  private readonly followers = new Map<string, Follower>();
  private readonly logger = new Logger('RosterFeed');
  /** A stream of this node's own: an entry in it ends the current wait. */
  private readonly bell: string;
  private heardBell = '0-0';
  private connection: Redis | null = null;
  private isRunning = false;
  private isStopped = false;

  constructor(
    private readonly redis: RedisConnections,
    private readonly feed: RosterFeed,
    config: Config,
  ) {
    this.bell = redis.key('feed-bell', config.nodeId);
  }

  onApplicationShutdown(): void {
    this.isStopped = true;
    this.connection?.disconnect();
  }

  /** Calls `handle` with the entries after `offset`, as they come. Returns how to stop. */
  follow(workspaceId: string, offset: number, handle: Handler): () => void {
    const stream = this.feed.stream(workspaceId);
    const follower: Follower = { offset, handle };
    this.followers.set(stream, follower);
    if (this.isRunning) this.ring();
    else void this.run();
    return () => {
      if (this.followers.get(stream) === follower) this.followers.delete(stream);
    };
  }

  private async run(): Promise<void> {
    this.isRunning = true;
    while (!this.isStopped && this.followers.size > 0) {
      const followers = new Map(this.followers);
      try {
        for (const [stream, rows] of await this.read(followers)) this.deliver(stream, rows, followers.get(stream));
      } catch (error) {
        if (this.isStopped) break;
        this.logger.debug(`reading the feeds failed: ${String(error)}`);
        await delay(RETRY_MS);
      }
    }
    this.isRunning = false;
  }

  private async read(followers: ReadonlyMap<string, Follower>): Promise<Found> {
    const connection = (this.connection ??= this.redis.blocking());
    const streams = [this.bell, ...followers.keys()];
    const after = [this.heardBell, ...[...followers.values()].map(({ offset }) => `${offset}-0`)];
    const watchdog = setTimeout(() => connection.disconnect(true), DEAD_MS);
    try {
      const found = await connection.xread('COUNT', BATCH, 'BLOCK', BLOCK_MS, 'STREAMS', ...streams, ...after);
      return found ?? [];
    } finally {
      clearTimeout(watchdog);
    }
  }

  /** A follower that left meanwhile, or began anew, doesn't get what was read for it before. */
  private deliver(stream: string, rows: RawEntry[], follower: Follower | undefined): void {
    if (stream === this.bell) this.heardBell = rows.at(-1)?.[0] ?? this.heardBell;
    if (!follower || this.followers.get(stream) !== follower) return;
    const entries = rows.map(parseEntry);
    follower.offset = entries.at(-1)?.offset ?? follower.offset;
    try {
      follower.handle(entries);
    } catch (error) {
      this.logger.error({ err: error, stream }, 'entries of a feed could not be applied');
    }
  }

  private ring(): void {
    const ringing = this.redis.commands
      .pipeline()
      .xadd(this.bell, 'MAXLEN', 1, '*', 'ring', '1')
      .pexpire(this.bell, BELL_MS);
    ringing.exec().catch((error: unknown) => {
      this.logger.debug(`the reader of the feeds was not woken: ${String(error)}`);
    });
  }
}
