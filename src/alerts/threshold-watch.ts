/**
 * Looks at the thresholds of every workspace, every five seconds.
 *
 * Who calls: time, on nodes with the worker role. Guaranteed: one node at a time looks at a workspace (turns are taken
 * on the head of its alerts), and whichever it is knows what the others saw, for all that is remembered is in
 * PostgreSQL: neither a restart nor a lost Redis begins a count anew. What nobody watched for a minute does not count
 * as crossed. What must never happen: an alert by a threshold that was changed while it was measured.
 */
import { type BeforeApplicationShutdown, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import pLimit from 'p-limit';
import { BUCKET_MS, bucketOf } from '../density/window.js';
import { Clock } from '../platform/clock.js';
import { Config } from '../platform/config/config.js';
import { Database, sql } from '../platform/database/database.js';
import { newId } from '../platform/ids.js';
import { Repeated } from '../platform/repeated.js';
import { LiveRoster } from '../roster/live-roster.js';
import type { Projection } from '../roster/projection/projection.js';
import { AlertLedger } from './alert-ledger.js';
import * as queries from './alerts.queries.js';
import type { DueRow, RaisedRow } from './alerts.queries.js';
import { crossings, type Floor, type Reading } from './measure.js';
import { settle, type Settlement, type Tracked } from './settle.js';
import { conditionOf } from './threshold.entity.js';

/** How often this node looks whether it is time. */
const LOOK_MS = 250;
/** A turn is over after this; less than the time between two looks. */
const TURN_MS = BUCKET_MS - 1_000;
const UNWATCHED_MS = 60_000;
const AT_A_TIME = 4;
const FORGET_EVERY_MS = 3_600_000;
const KEEP_MS = 400 * 24 * 3_600_000;

/** A threshold with where it is crossed. */
interface Look {
  threshold: DueRow;
  crossed: Map<string, Reading>;
}

interface TrackedRow {
  thresholdId: string;
  version: number;
  /** Null: the threshold has no subject yet. */
  subjectId: string | null;
  alertId: string | null;
  since: number | null;
}

@Injectable()
export class ThresholdWatch implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(ThresholdWatch.name);
  private readonly forgetting: Repeated;
  private timer: NodeJS.Timeout | null = null;
  private bucket = 0;
  private running: Promise<void> | null = null;

  constructor(
    private readonly database: Database,
    private readonly live: LiveRoster,
    private readonly ledger: AlertLedger,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {
    this.forgetting = new Repeated('forgetting old alerts', FORGET_EVERY_MS, () =>
      database.pool.query(queries.FORGET_SQL, [new Date(clock.now() - KEEP_MS)]),
    );
  }

  onApplicationBootstrap(): void {
    if (!this.config.roles.has('worker')) return;
    this.timer = setInterval(() => this.pass(), LOOK_MS).unref();
    this.forgetting.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    if (this.timer) clearInterval(this.timer);
    await this.forgetting.stop();
    await this.running;
  }

  private pass(): void {
    const bucket = bucketOf(this.clock.now());
    if (bucket === this.bucket || this.running) return;
    this.bucket = bucket;
    this.running = this.lookAround().finally(() => (this.running = null));
  }

  /** Never rejects: what could not be looked at now is looked at next time. */
  private async lookAround(): Promise<void> {
    const lane = pLimit(AT_A_TIME);
    try {
      const due = await this.database.pool.query<DueRow>(queries.DUE_SQL, [this.clock.date(), TURN_MS / 1_000]);
      const workspaces = Map.groupBy(due.rows, ({ workspaceId }) => workspaceId);
      await Promise.all([...workspaces].map(([id, thresholds]) => lane(() => this.tryLookAt(id, thresholds))));
    } catch (error) {
      this.logger.debug(`thresholds could not be read: ${String(error)}`);
    }
  }

  private async tryLookAt(workspaceId: string, thresholds: DueRow[]): Promise<void> {
    try {
      await this.lookAt(workspaceId, thresholds);
    } catch (error) {
      this.logger.warn({ err: error, workspaceId }, 'thresholds could not be looked at; looking again');
    }
  }

  private async lookAt(workspaceId: string, thresholds: DueRow[]): Promise<void> {
    const unassigned = thresholds.some(({ kind }) => kind === 'waiting') ? await this.unassigned(workspaceId) : [];
    const projection = await this.live.current(workspaceId);
    const now = this.clock.now();
    const floor = floorOf(workspaceId, projection, unassigned, now);
    const looks = thresholds.map((threshold) => ({ threshold, crossed: crossings(conditionOf(threshold), floor) }));
    await this.database.transaction(workspaceId, (em) => this.write(em, workspaceId, looks, now));
  }

  private async unassigned(workspaceId: string): Promise<Unassigned[]> {
    return (await this.database.of(workspaceId).query<Unassigned>(queries.UNASSIGNED_SQL, [workspaceId])).rows;
  }

  private async write(em: EntityManager, workspaceId: string, looks: Look[], now: number): Promise<void> {
    const head = await this.ledger.lock(em, workspaceId);
    const ago = head.evaluatedAt === null ? Infinity : Math.abs(now - head.evaluatedAt);
    if (ago < TURN_MS) return;
    const at = new Date(now);
    await sql(em, queries.EVALUATED_SQL, [workspaceId, at]);
    if (ago > UNWATCHED_MS) await sql(em, queries.FORGET_ALL_CROSSINGS_SQL, [workspaceId]);
    const settled = settleAll(looks, await sql<TrackedRow>(em, queries.TRACKED_SQL, [workspaceId]), now);
    const cleared = settled.flatMap(({ settlement }) => settlement.clear);
    await this.ledger.clear(em, head, cleared, 'recovered', at);
    await this.ledger.raise(em, head, settled.flatMap(raisedRows), at);
    const [begun, ended] = [subjectsOf(settled, 'begin'), subjectsOf(settled, 'end')];
    if (begun.subjects.length > 0) {
      await sql(em, queries.BEGIN_SQL, [workspaceId, at, begun.thresholds, begun.subjects]);
    }
    if (ended.subjects.length > 0) await sql(em, queries.END_SQL, [ended.thresholds, ended.subjects]);
  }
}

/** Who waits and is nobody's, by team. */
interface Unassigned {
  teamId: string | null;
  since: number;
}

function floorOf(workspaceId: string, projection: Projection, unassigned: Unassigned[], now: number): Floor {
  return {
    workspaceId,
    now,
    *rows(teamId) {
      for (const { row } of projection.standings(teamId ?? undefined)) yield row;
    },
    *teams(teamId) {
      const team = teamId === null ? null : projection.team(teamId);
      if (teamId === null) yield* projection.teams();
      else if (team) yield team;
    },
    unassignedSince(teamId) {
      const times = unassigned.filter((each) => teamId === null || each.teamId === teamId).map(({ since }) => since);
      return times.length === 0 ? null : Math.min(...times);
    },
  };
}

interface Settled {
  threshold: DueRow;
  settlement: Settlement;
}

/** Of the thresholds that are still as they were measured. */
function settleAll(looks: Look[], rows: TrackedRow[], now: number): Settled[] {
  const known = Map.groupBy(rows, ({ thresholdId }) => thresholdId);
  return looks.flatMap(({ threshold, crossed }) => {
    const current = known.get(threshold.id);
    if (current?.[0]?.version !== threshold.version) return [];
    const tracked = current.filter((row): row is TrackedRow & Tracked => row.subjectId !== null);
    return [{ threshold, settlement: settle(tracked, crossed, { forMs: threshold.forMinutes * 60_000, now }) }];
  });
}

function raisedRows({ threshold, settlement }: Settled): RaisedRow[] {
  return settlement.raise.map(({ subjectId, agentId, teamId, value }) => ({
    id: newId(),
    threshold_id: threshold.id,
    name: threshold.name,
    condition: conditionOf(threshold),
    subject_id: subjectId,
    agent_id: agentId,
    team_id: teamId,
    value,
  }));
}

/** Thresholds and their subjects, as two columns. */
function subjectsOf(settled: Settled[], what: 'begin' | 'end'): { thresholds: string[]; subjects: string[] } {
  const pairs = settled.flatMap(({ threshold, settlement }) =>
    settlement[what].map((id) => [threshold.id, id] as const),
  );
  return { thresholds: pairs.map(([threshold]) => threshold), subjects: pairs.map(([, subject]) => subject) };
}
