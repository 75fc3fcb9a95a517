/**
 * Compares what this node's rosters show with what PostgreSQL counts, again and again.
 *
 * Who calls: every node with the api role, for itself. Guaranteed: `muster_density_drift` is 0 unless a window is wrong:
 * what is shown at one position of the feed is held against a brute-force count of the stored interactions in a later
 * snapshot, less those that came on the feed after that position (by their transactions); a difference is looked at twice
 * before it counts. Then it is logged, and a new epoch has every node load again. What must never happen: a roster that
 * is kept alive by being checked, or a check that costs more than a small part of the database's time.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { type BeforeApplicationShutdown, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { countWindows } from '../../density/windows.queries.js';
import { Config } from '../../platform/config/config.js';
import { Database } from '../../platform/database/database.js';
import { inSnapshot } from '../../platform/database/snapshot.js';
import { Repeated } from '../../platform/repeated.js';
import { Metrics } from '../../platform/telemetry/metrics.js';
import { RosterFeed } from '../feed/feed.js';
import type { Counted } from '../feed/feed-entry.js';
import { LiveRoster } from '../live-roster.js';
import { driftOf, shownBy } from './drift.js';

const EVERY_MS = 60_000;
/** Longer than a commit can take to get on the feed. */
const SETTLE_MS = 10_000;
/** After a count that took long, the next one waits so many times as long. */
const REST = 50;

@Injectable()
export class DriftCheck implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(DriftCheck.name);
  private readonly repeated = new Repeated('the check of the windows', EVERY_MS, () => this.run());
  private readonly stopping = new AbortController();
  private readonly gauge;
  private readonly checks;
  private costMs = 0;

  constructor(
    private readonly live: LiveRoster,
    private readonly feed: RosterFeed,
    private readonly database: Database,
    private readonly config: Config,
    metrics: Metrics,
  ) {
    const help = 'Interactions by which shown windows differ from what PostgreSQL counts, over all of this node';
    this.gauge = metrics.gauge('muster_density_drift', help);
    this.checks = metrics.counter('muster_density_checks_total', 'Rosters compared with PostgreSQL', ['outcome']);
  }

  onApplicationBootstrap(): void {
    if (this.config.roles.has('api')) this.repeated.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    return this.repeated.stop();
  }

  /** Checks every roster that is loaded here, and mends those that are wrong. */
  async run(settleMs = SETTLE_MS): Promise<void> {
    let total = 0;
    for (const workspaceId of this.live.loaded()) {
      total += await this.checkOne(workspaceId, settleMs);
      await this.pause(this.costMs * REST);
    }
    this.gauge.set(total);
  }

  private async checkOne(workspaceId: string, settleMs: number): Promise<number> {
    const first = await this.compare(workspaceId, settleMs);
    const drift = first ? await this.compare(workspaceId, settleMs) : first;
    this.checks.inc({ outcome: drift === null ? 'skipped' : drift === 0 ? 'exact' : 'drifted' });
    if (!drift) return 0;
    this.logger.error({ workspaceId, drift }, 'the windows differ from what PostgreSQL counts; everybody loads again');
    await this.feed.newEpoch(workspaceId, 'its windows were wrong');
    return drift;
  }

  /** By how much the roster is wrong; null: it was loaded again meanwhile. */
  private async compare(workspaceId: string, settleMs: number): Promise<number | null> {
    const later: Counted[] = [];
    const witness = this.live.witness(workspaceId, ({ change }) => later.push(...(change.counted ?? [])));
    if (!witness) return null;
    try {
      const shown = shownBy(witness.projection);
      const from = performance.now();
      const counted = await inSnapshot(this.database.pool, (client) => countWindows(client, workspaceId, shown.bucket));
      this.costMs = performance.now() - from;
      await this.pause(settleMs);
      return witness.isCurrent() && !this.stopping.signal.aborted ? driftOf(shown, counted, later) : null;
    } finally {
      witness.end();
    }
  }

  private async pause(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.stopping.signal }).catch(() => undefined);
  }
}
