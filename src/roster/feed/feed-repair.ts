/**
 * Mends a feed that this node could not append to: what is missing on it is in PostgreSQL, so a new epoch makes
 * everybody load again.
 *
 * Who calls: the publisher, when an append failed. Guaranteed: the new epoch begins after the change was committed,
 * as soon as Redis answers; while it doesn't answer *this* node, another one is asked to do it, through PostgreSQL.
 * Until it is mended, this node does not answer reads from its live roster (`isBroken`).
 */
import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import { Listener } from '../../platform/database/listener.js';
import { Config } from '../../platform/config/config.js';
import { newId } from '../../platform/ids.js';
import { RosterFeed } from './feed.js';

const CHANNEL = 'muster_feed';
const RETRY_MS = 500;
/** How often others are asked, at most: each time all views load again. */
const ASK_MS = 5_000;

interface Broken {
  /** Counts what could not be appended. */
  losses: number;
  askedAt: number;
}

interface Plea {
  workspaceId: string;
  nodeId: string;
  id: string;
}

@Injectable()
export class FeedRepair implements OnModuleInit, OnApplicationShutdown {
  private readonly broken = new Map<string, Broken>();
  private readonly logger = new Logger('RosterFeed');
  private timer: NodeJS.Timeout | null = null;
  private isClosed = false;
  private stop: () => void = () => {};

  constructor(
    private readonly feed: RosterFeed,
    private readonly database: Database,
    private readonly listener: Listener,
    private readonly config: Config,
  ) {}

  onModuleInit(): void {
    this.stop = this.listener.on(CHANNEL, (payload) => {
      if (payload) void this.answer(JSON.parse(payload) as Plea);
    });
  }

  /** What this node could not mend any more, another one is asked to. */
  async onApplicationShutdown(): Promise<void> {
    this.isClosed = true;
    this.stop();
    if (this.timer) clearTimeout(this.timer);
    await Promise.all([...this.broken].map(([workspaceId, broken]) => this.ask(workspaceId, broken)));
    this.broken.clear();
  }

  /** Whether the feed lacks something that this node committed. */
  isBroken(workspaceId: string): boolean {
    return this.broken.has(workspaceId);
  }

  /** Something that is committed is not on the feed. */
  report(workspaceId: string): void {
    const known = this.broken.get(workspaceId);
    if (known) known.losses++;
    else this.broken.set(workspaceId, { losses: 1, askedAt: -Infinity });
    this.schedule();
  }

  private schedule(): void {
    if (this.isClosed) return;
    this.timer ??= setTimeout(() => void this.mendAll(), RETRY_MS);
  }

  private async mendAll(): Promise<void> {
    for (const [workspaceId, broken] of this.broken) await this.mend(workspaceId, broken);
    this.timer = null;
    if (this.broken.size > 0) this.schedule();
  }

  private async mend(workspaceId: string, broken: Broken): Promise<void> {
    const { losses } = broken;
    try {
      await this.feed.newEpoch(workspaceId, 'a change could not be published');
      if (broken.losses === losses) this.broken.delete(workspaceId);
    } catch {
      await this.ask(workspaceId, broken);
    }
  }

  private async ask(workspaceId: string, broken: Broken): Promise<void> {
    if (performance.now() - broken.askedAt < ASK_MS) return;
    broken.askedAt = performance.now();
    const plea: Plea = { workspaceId, nodeId: this.config.nodeId, id: newId() };
    await this.database.pool
      .query('select pg_notify($1, $2)', [CHANNEL, JSON.stringify(plea)])
      .catch((error: unknown) => {
        this.logger.warn({ err: error, workspaceId }, 'neither Redis nor PostgreSQL takes the news of a change');
      });
  }

  /** Another node can't reach Redis; one of us begins the epoch for it. */
  private async answer({ workspaceId, nodeId, id }: Plea): Promise<void> {
    if (nodeId === this.config.nodeId) return;
    const isOurs = await this.feed.claim(workspaceId, id).catch(() => false);
    if (isOurs) this.report(workspaceId);
  }
}
