/**
 * Compares what this node's rosters show with what PostgreSQL counts, again and again.
 *
 * Who calls: every node with the api role, for itself. Guaranteed: `muster_density_drift` is 0 unless a window is wrong:
 * what is shown at one position of the feed is held against a brute-force count of the stored interactions in a later
 * snapshot, less those that came on the feed after that position (by their transactions); a difference is looked at twice
 * before it counts. Then it is logged, and a new epoch has every node load again. Workspaces are counted one after the
 * other, and wait for what comes late together. What must never happen: a roster that is kept alive by being checked, or
 * a check that costs more than a small part of the database's time.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { type BeforeApplicationShutdown, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import pLimit from 'p-limit';
import { type CountedWindows, countWindows } from '../../density/windows.queries.js';
import { Config } from '../../platform/config/config.js';
import { Database } from '../../platform/database/database.js';
import { Repeated } from '../../platform/repeated.js';
import { Metrics } from '../../platform/telemetry/metrics.js';
import { RosterFeed } from '../feed/feed.js';
import type { Counted } from '../feed/feed-entry.js';
import { LiveRoster } from '../live-roster.js';
import type { Witness } from '../workspace.roster.js';
import { driftOf, type Shown, shownBy } from './drift.js';

const EVERY_MS = 60_000;
/** Longer than a commit can take to get on the feed. */
const SETTLE_MS = 10_000;
/** After a count that took long, the next one waits so many times as long. */
const REST = 50;

interface Looked {
  shown: Shown;
  counted: CountedWindows;
  witness: Witness;
}

@Injectable()
export class DriftCheck implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(DriftCheck.name);
  private readonly repeated = new Repeated('the check of the windows', EVERY_MS, () => this.run());
  private readonly stopping = new AbortController();
  private readonly gauge;
  private readonly checks;
  /** One count at a time, and its rest. */
  private readonly line = pLimit(1);

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
    const drifts = await Promise.all(this.live.loaded().map((workspaceId) => this.checkOne(workspaceId, settleMs)));
    this.gauge.set(drifts.reduce((sum, drift) => sum + drift, 0));
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
    const looked = await this.line(() => this.look(workspaceId, later));
    if (!looked) return null;
    const { shown, counted, witness } = looked;
    await this.pause(settleMs);
    witness.end();
    return witness.isCurrent() && !this.stopping.signal.aborted ? driftOf(shown, counted, later) : null;
  }

  /** What is shown and what is counted; `later` takes what comes on the feed from then on. */
  private async look(workspaceId: string, later: Counted[]): Promise<Looked | null> {
    if (this.stopping.signal.aborted) return null;
    const witness = this.live.witness(workspaceId, ({ change }) => later.push(...(change.counted ?? [])));
    if (!witness) return null;
    try {
      const shown = shownBy(witness.projection);
      const from = performance.now();
      const counted = await this.database.snapshot(workspaceId, (client) =>
        countWindows(client, workspaceId, shown.bucket),
      );
      await this.pause((performance.now() - from) * REST);
      return { shown, counted, witness };
    } catch (error) {
      witness.end();
      throw error;
    }
  }

  private async pause(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.stopping.signal }).catch(() => undefined);
  }
}
