/**
 * Puts what services committed on the feed of its workspace.
 *
 * Who calls: the event bus, whose publishers wait: so a reply implies that the change is on the feed, where every
 * read of a live roster looks first. Guaranteed: changes of one workspace that come together share an entry, at
 * most one append is under way, and the wait is bounded; what could not be appended is reported for repair. What
 * must never happen: a change that silently isn't on the feed, or one that is there twice.
 */
import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import type { AgentState } from '../../agents/agent.events.js';
import { Config } from '../../platform/config/config.js';
import { Database } from '../../platform/database/database.js';
import { EventBus } from '../../platform/events/event-bus.js';
import { Pace } from '../pace.js';
import { presencesOf } from '../roster.queries.js';
import { RosterFeed } from './feed.js';
import { type FeedChange, mergeChanges, sizeOf } from './feed-entry.js';
import { FeedRepair } from './feed-repair.js';

interface Queue {
  waiting: { change: FeedChange; done: () => void }[];
  isBusy: boolean;
  sentAt: number;
  pace: Pace;
}

/** An entry has about this many rows at most. */
const MAX_ROWS = 2_000;

@Injectable()
export class FeedPublisher implements OnModuleInit {
  private readonly queues = new Map<string, Queue>();
  private readonly logger = new Logger('RosterFeed');
  private readonly tickMs: number;

  constructor(
    private readonly bus: EventBus,
    private readonly feed: RosterFeed,
    private readonly repair: FeedRepair,
    private readonly database: Database,
    config: Config,
  ) {
    this.tickMs = config.tickMs;
  }

  onModuleInit(): void {
    this.bus.on('team.changed', ({ workspaceId, teams }) => this.publish(workspaceId, { teams }));
    this.bus.on('agent.changed', ({ workspaceId, agents }) => this.publishAgents(workspaceId, agents));
    this.bus.on('presence.changed', ({ workspaceId, presences }) => this.publish(workspaceId, { presences }));
    this.bus.on('conversation.changed', ({ workspaceId, conversations }) =>
      this.publish(workspaceId, { conversations }),
    );
    this.bus.on('message.changed', ({ workspaceId, messages }) => this.publish(workspaceId, { messages }));
    this.bus.on('interactions.recorded', ({ workspaceId, xid, increments }) =>
      this.publish(workspaceId, { counted: [{ xid, increments }] }),
    );
    this.bus.on('node.died', ({ nodeId }) => this.renewAll(`node ${nodeId} died`));
  }

  /** Resolves when the change is on the feed, or reported as lost. */
  publish(workspaceId: string, change: FeedChange): Promise<void> {
    if (this.repair.isBroken(workspaceId)) {
      this.repair.report(workspaceId);
      return Promise.resolve();
    }
    const queue = this.queues.get(workspaceId) ?? {
      waiting: [],
      isBusy: false,
      sentAt: 0,
      pace: new Pace(this.tickMs),
    };
    this.queues.set(workspaceId, queue);
    queue.pace.note(1, performance.now());
    return new Promise((done) => {
      queue.waiting.push({ change, done });
      this.schedule(workspaceId, queue);
    });
  }

  /** A new agent's presence comes with it: nothing else tells it. */
  private async publishAgents(workspaceId: string, agents: AgentState[]): Promise<void> {
    const created = agents.filter(({ version }) => version === 1).map(({ id }) => id);
    if (created.length === 0) return this.publish(workspaceId, { agents });
    try {
      await this.publish(workspaceId, { agents, presences: await presencesOf(this.database.of(workspaceId), created) });
    } catch (error) {
      this.lost(workspaceId, error);
    }
  }

  /** At once while it is quiet; under load entries are a tenth of a tick apart, so that there are few of them. */
  private schedule(workspaceId: string, queue: Queue): void {
    if (queue.isBusy) return;
    queue.isBusy = true;
    const now = performance.now();
    const wait = queue.pace.isQuiet(now) ? 0 : queue.sentAt + this.tickMs / 10 - now;
    const send = () => void this.send(workspaceId, queue);
    if (wait <= 0) setImmediate(send);
    else setTimeout(send, wait);
  }

  private async send(workspaceId: string, queue: Queue): Promise<void> {
    const batch = queue.waiting.splice(0);
    queue.sentAt = performance.now();
    try {
      await this.feed.append(workspaceId, inEntries(batch.map(({ change }) => change)));
    } catch (error) {
      this.lost(workspaceId, error);
    }
    for (const { done } of batch) done();
    queue.isBusy = false;
    if (queue.waiting.length > 0) this.schedule(workspaceId, queue);
  }

  private lost(workspaceId: string, error: unknown): void {
    if (!this.repair.isBroken(workspaceId)) {
      this.logger.warn({ err: error, workspaceId }, 'a change could not be published; live views will load again');
    }
    this.repair.report(workspaceId);
  }

  /** A node may have committed what it could not publish any more. */
  private async renewAll(reason: string): Promise<void> {
    const { rows } = await this.database.pool.query<{ id: string }>('select id from workspace');
    for (const { id } of rows) {
      await this.feed.newEpochIfKnown(id, reason).catch((error: unknown) => this.lost(id, error));
    }
  }
}

/** As few changes as possible, none too large. */
function inEntries(changes: FeedChange[]): FeedChange[] {
  const groups: FeedChange[][] = [[]];
  let rows = 0;
  for (const change of changes) {
    rows += sizeOf(change);
    if (rows > MAX_ROWS && groups.at(-1)?.length) {
      groups.push([]);
      rows = sizeOf(change);
    }
    groups.at(-1)?.push(change);
  }
  return groups.map(mergeChanges);
}
