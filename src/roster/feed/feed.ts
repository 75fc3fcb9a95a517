/**
 * The feed of a workspace: one Redis Stream with the changes that live views follow, in one order for all nodes.
 *
 * Who calls: the publisher (append), live rosters (look, range, journal), whoever must know whether something is missing
 * (untold), or learns that it may be (newEpoch). Guaranteed: an offset is a position in an epoch, counted without holes; an entry was
 * committed to PostgreSQL before it was appended. Redis may lose all of it at any moment: then the next step
 * begins a new epoch, and everything derived is loaded again. What must never happen: a retry of an append whose
 * fate is unknown (increments would count twice): a new epoch instead.
 */
import { Injectable, Logger } from '@nestjs/common';
import { bucketOf } from '../../density/window.js';
import { Clock } from '../../platform/clock.js';
import { newId } from '../../platform/ids.js';
import { RedisConnections } from '../../platform/redis/redis-connections.js';
import { decodeChange, encodeChange, type FeedChange, type FeedEntry } from './feed-entry.js';
import { FEED_STEP, KEEP_JOURNAL } from './feed.scripts.js';

/** Where a feed stands. */
export interface Head {
  epoch: string;
  /** The offset of the epoch's first entry. */
  start: number;
  offset: number;
  bucket: number;
  at: number;
}

/** What a journal is kept under. */
export interface KeptJournal {
  epoch: string;
  offset: number;
  data: string;
}

/** A stream entry as ioredis gives it. */
export type RawEntry = [id: string, fields: string[]];

/** Entries a stream keeps at least. A node further behind loads anew. */
const KEEP_ENTRIES = 10_000;
/** How long a task is remembered. */
const TASK_MS = 60_000;
/** Transactions that a feed tells of are remembered in sets, one for each span of this length. */
const TOLD_SPAN_MS = 30_000;
/** What was told this long ago is surely remembered, and a node's clock may be so far from another's. */
const TOLD_FOR_MS = 15_000;

@Injectable()
export class RosterFeed {
  private readonly logger = new Logger('RosterFeed');
  /** The run of the Redis behind the current connection. */
  private run: Promise<string> | null = null;

  constructor(
    private readonly redis: RedisConnections,
    private readonly clock: Clock,
  ) {
    redis.commands.on('close', () => (this.run = null));
  }

  /** Appends an entry per change. Rejects when Redis doesn't confirm it: its fate is unknown then. */
  async append(workspaceId: string, changes: FeedChange[]): Promise<Head> {
    return toHead(await this.step(workspaceId, 'append', changes));
  }

  /** Which of the transactions of the last `TOLD_FOR_MS` the feed does not tell of. */
  async untold(workspaceId: string, xids: readonly string[]): Promise<string[]> {
    const now = this.clock.now();
    const spans = new Set([now - TOLD_FOR_MS, now, now + TOLD_FOR_MS].map((at) => this.told(workspaceId, at)));
    const found = await Promise.all([...spans].map((span) => this.redis.commands.smismember(span, ...xids)));
    return xids.filter((_, index) => found.every((isTold) => isTold[index] === 0));
  }

  /** Takes transactions as told, as everybody loads what they did. */
  async rememberTold(workspaceId: string, xids: readonly string[]): Promise<void> {
    const span = this.told(workspaceId, this.clock.now());
    await this.redis.commands
      .multi()
      .sadd(span, ...xids)
      .pexpire(span, 2 * TOLD_SPAN_MS)
      .exec();
  }

  /** Where the feed stands now; the current bucket's boundary is in it when this resolves. */
  async look(workspaceId: string): Promise<Head> {
    return toHead(await this.step(workspaceId, 'look'));
  }

  /** Begins a new epoch: every node and every client loads again. */
  async newEpoch(workspaceId: string, reason: string): Promise<void> {
    await this.step(workspaceId, 'epoch');
    this.logger.warn({ workspaceId, reason }, 'the live roster starts a new epoch');
  }

  /** Like `newEpoch`, for a workspace that may have no feed: then there is nothing to renew. */
  async newEpochIfKnown(workspaceId: string, reason: string): Promise<void> {
    const head = await this.step(workspaceId, 'epoch-if-known');
    if (head) this.logger.warn({ workspaceId, reason }, 'the live roster starts a new epoch');
  }

  /** All entries after `offset` that are still there. */
  after(workspaceId: string, offset: number): Promise<FeedEntry[]> {
    return this.range(workspaceId, `(${offset}-0`, '+');
  }

  /** The entry at `offset`; null when it is not there any more. */
  async entry(workspaceId: string, offset: number): Promise<FeedEntry | null> {
    const [entry] = await this.range(workspaceId, `${offset}-0`, `${offset}-0`);
    return entry ?? null;
  }

  async journal(workspaceId: string): Promise<KeptJournal | null> {
    const [epoch, offset, data] = await this.redis.commands.hmget(
      this.journalKey(workspaceId),
      'epoch',
      'offset',
      'data',
    );
    return epoch && offset && data ? { epoch, offset: Number(offset), data } : null;
  }

  /** Keeps a journal unless there is a newer one. */
  async keepJournal(workspaceId: string, { epoch, offset, data }: KeptJournal): Promise<void> {
    const keys = [this.head(workspaceId), this.journalKey(workspaceId)];
    await KEEP_JOURNAL.run(this.redis.commands, keys, [epoch, offset, data]);
  }

  /** Whether it is this node's turn to keep the journal; nobody else's for `ms`. */
  async takeTurn(workspaceId: string, ms: number): Promise<boolean> {
    return (await this.redis.commands.set(`${this.stream(workspaceId)}:turn`, '1', 'PX', ms, 'NX')) === 'OK';
  }

  /** Whether this node is the first to take up the task `id`. */
  async claim(workspaceId: string, id: string): Promise<boolean> {
    return (await this.redis.commands.set(`${this.stream(workspaceId)}:task:${id}`, '1', 'PX', TASK_MS, 'NX')) === 'OK';
  }

  /** The stream's key, for the tailer. */
  stream(workspaceId: string): string {
    return `{${this.redis.key(workspaceId)}}:feed`;
  }

  private head(workspaceId: string): string {
    return `${this.stream(workspaceId)}:head`;
  }

  private told(workspaceId: string, at: number): string {
    return `${this.stream(workspaceId)}:told:${Math.floor(at / TOLD_SPAN_MS)}`;
  }

  private journalKey(workspaceId: string): string {
    return `${this.stream(workspaceId)}:journal`;
  }

  private async range(workspaceId: string, from: string, to: string): Promise<FeedEntry[]> {
    const rows = (await this.redis.commands.xrange(this.stream(workspaceId), from, to)) as RawEntry[];
    return rows.map(parseEntry);
  }

  private async step(workspaceId: string, what: string, changes: FeedChange[] = []): Promise<unknown> {
    const run = await (this.run ??= this.readRun());
    const now = this.clock.now();
    const keys = [this.stream(workspaceId), this.head(workspaceId), this.told(workspaceId, now)];
    const step = [what, now, bucketOf(now), newId(), run, KEEP_ENTRIES, 2 * TOLD_SPAN_MS];
    const xids = changes.flatMap(({ counted = [] }) => counted.map(({ xid }) => shortXid(xid)));
    return FEED_STEP.run(this.redis.commands, keys, [...step, changes.length, ...changes.map(encodeChange), ...xids]);
  }

  private async readRun(): Promise<string> {
    try {
      const info = await this.redis.commands.info('server');
      return /^run_id:(\w+)/m.exec(info)?.[1] ?? '';
    } catch (error) {
      this.run = null;
      throw error;
    }
  }
}

/** An entry from its stream form. */
export function parseEntry([id, [, epoch, , at, , bucket, , change]]: RawEntry): FeedEntry {
  return {
    epoch,
    offset: Number(id.slice(0, id.indexOf('-'))),
    at: Number(at),
    bucket: Number(bucket),
    change: decodeChange(change),
  };
}

/** A transaction as a row names the one that wrote it: the lower 32 bits of its id. */
function shortXid(xid: string): string {
  return BigInt.asUintN(32, BigInt(xid)).toString();
}

function toHead(result: unknown): Head {
  const [epoch, start, offset, bucket, at] = result as string[];
  return { epoch, start: Number(start), offset: Number(offset), bucket: Number(bucket), at: Number(at) };
}
