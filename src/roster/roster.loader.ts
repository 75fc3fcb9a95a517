/**
 * Loads the live roster of a workspace: position first, then data.
 *
 * Guaranteed: what `load` returns stands at or after every entry that was on the feed when it was called; what was
 * committed later is either in it or comes on the feed. It starts from the journal of a node that shows the
 * workspace already, or else from the epoch's beginning; where neither leads to the present, a new epoch begins.
 */
import { Injectable } from '@nestjs/common';
import { Clock } from '../platform/clock.js';
import { Database } from '../platform/database/database.js';
import { ProblemException } from '../platform/errors/problem.exception.js';
import { newId } from '../platform/ids.js';
import { Metrics } from '../platform/telemetry/metrics.js';
import { bucketOf } from '../density/window.js';
import { type Head, RosterFeed } from './feed/feed.js';
import type { FeedEntry } from './feed/feed-entry.js';
import { decodeJournal, emptyJournal, type Journal } from './projection/journal.js';
import { Projection } from './projection/projection.js';
import { loadWorkspace } from './roster.queries.js';

/** A roster, and the entries that came while it was loaded; they are in it. */
export interface LoadedRoster {
  projection: Projection;
  since: FeedEntry[];
}

const ATTEMPTS = 5;
/** Longer than a commit can take to get on the feed. */
const SETTLE_MS = 10_000;

@Injectable()
export class RosterLoader {
  private readonly loads;

  constructor(
    private readonly database: Database,
    private readonly feed: RosterFeed,
    private readonly clock: Clock,
    metrics: Metrics,
  ) {
    this.loads = metrics.counter('muster_roster_loads_total', 'Rosters that were read whole from PostgreSQL');
  }

  /** The roster, on the feed. Rejects when PostgreSQL or Redis doesn't answer. */
  async load(workspaceId: string): Promise<LoadedRoster> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const loaded = await this.attempt(workspaceId);
      if (loaded) return loaded;
    }
    throw unavailable();
  }

  /** The roster as PostgreSQL has it, in an epoch of its own: it can be read, not followed. */
  async loadAside(workspaceId: string): Promise<Projection> {
    const at = this.clock.now();
    const bucket = bucketOf(at);
    const loaded = await this.read(workspaceId, bucket);
    return new Projection(emptyJournal({ epoch: `aside-${newId()}`, offset: 0, at, bucket }), {
      ...loaded,
      settledAt: 0,
    });
  }

  private async attempt(workspaceId: string): Promise<LoadedRoster | null> {
    const head = await this.feed.look(workspaceId);
    const journal = await this.origin(workspaceId, head);
    if (!journal) return this.beginAnew(workspaceId);
    const loaded = await this.read(workspaceId, journal.bucket);
    const entries = await this.feed.after(workspaceId, journal.offset);
    if (entries.some(({ epoch }) => epoch !== journal.epoch)) return null;
    if (!isUnbroken(journal, entries)) return this.beginAnew(workspaceId);
    const projection = new Projection(journal, { ...loaded, settledAt: this.clock.now() + SETTLE_MS });
    for (const entry of entries) projection.apply(entry);
    return { projection, since: entries.filter(({ offset }) => offset > head.offset) };
  }

  private read(workspaceId: string, bucket: number) {
    this.loads.inc();
    return loadWorkspace(this.database, workspaceId, bucket);
  }

  /** What to start from; null: nothing that leads to the present. */
  private async origin(workspaceId: string, head: Head): Promise<Journal | null> {
    const kept = await this.feed.journal(workspaceId);
    if (kept?.epoch === head.epoch && (await this.isFollowed(workspaceId, kept.offset, head))) {
      return decodeJournal(kept.data);
    }
    const first = await this.feed.entry(workspaceId, head.start);
    return first?.epoch === head.epoch ? emptyJournal(first) : null;
  }

  private async isFollowed(workspaceId: string, offset: number, head: Head): Promise<boolean> {
    return offset >= head.offset || (await this.feed.entry(workspaceId, offset + 1)) !== null;
  }

  private async beginAnew(workspaceId: string): Promise<null> {
    await this.feed.newEpoch(workspaceId, 'too much of the feed is gone to go on from');
    return null;
  }
}

export function unavailable(): ProblemException {
  return new ProblemException('live_unavailable', 'Live data is not available right now; try again in a moment.', {
    retryAfter: 1,
  });
}

function isUnbroken(journal: Journal, entries: FeedEntry[]): boolean {
  return entries.every(({ offset }, index) => offset === journal.offset + 1 + index);
}
