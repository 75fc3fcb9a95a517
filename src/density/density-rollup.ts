/**
 * Keeps the interactions of each minute counted in `density_minute`.
 *
 * Who calls: the schedule, once a minute, on any worker. Guaranteed: `density_minute` counts exactly the interactions
 * that the watermark's snapshot sees, each once, in the minute it belongs to and not in that of its arrival; both move
 * on in one transaction. So a turn that is missed, repeated, or taken by two nodes does no harm; readers add what the
 * watermark doesn't see (`history.queries.ts`) and are exact however far behind the minutes are. A long history is
 * counted an hour a transaction, up to a goal, and whoever comes next goes on where one stopped. What must never happen:
 * a clock deciding what is new, or a statement that grows with the history.
 */
import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import { Database, sql } from '../platform/database/database.js';
import { JobSchedule } from '../platform/jobs/job-schedule.js';
import {
  IS_MUCH_SQL,
  ROLL_UP_SQL,
  SET_OUT_SQL,
  START_ANEW_SQL,
  STEP_SQL,
  TAKE_WATERMARK_SQL,
} from './rollup.queries.js';

const EVERY_MS = 60_000;
/** More than this is not counted in one statement. */
const MUCH = 250_000;
/** For an hour of many interactions, on a slow disk. */
const PATIENCE_SQL = "set local statement_timeout = '2min'";
/** Once, after a restore into another server: everything that is stored is marked. */
const LONG_PATIENCE_SQL = "set local statement_timeout = '30min'";
/** What is new is found by its index, whatever the planner thinks of a table that it has no statistics of yet. */
const BY_INDEX_SQL = 'set local enable_seqscan = off';

interface Watermark {
  snapshot: string;
  xmin: string;
  /** Up to which a long history is being counted; null: none is. */
  goal: string | null;
  countedBefore: string | null;
  /** Of another server: its transactions are ahead of ours. */
  isForeign: boolean;
}

interface Step {
  minutes: number;
  isLast: boolean;
}

@Injectable()
export class DensityRollup implements OnModuleInit {
  private readonly logger = new Logger(DensityRollup.name);

  constructor(
    private readonly database: Database,
    private readonly schedule: JobSchedule,
  ) {}

  onModuleInit(): void {
    this.schedule.own('density.roll-up', { everyMs: EVERY_MS, run: (signal) => this.run(signal) });
  }

  /**
   * Adds what is new, a step a transaction. Resolves to how many minutes changed; null: another node is at it. Stops
   * between steps when it is to.
   */
  async run(signal?: AbortSignal, much = MUCH): Promise<number | null> {
    if (await this.startAnewIfForeign()) this.logger.warn('restored from another server: all minutes are counted anew');
    let changed: number | null = null;
    for (;;) {
      const step = await this.step(much);
      if (!step) return changed;
      changed = (changed ?? 0) + step.minutes;
      if (step.isLast || signal?.aborted) return changed;
    }
  }

  private step(much: number): Promise<Step | null> {
    return this.database.systemTransaction(async (em) => {
      const [watermark] = await sql<Watermark>(em, TAKE_WATERMARK_SQL);
      if (!watermark) return null;
      await sql(em, PATIENCE_SQL);
      await sql(em, BY_INDEX_SQL);
      const { snapshot, xmin, goal, countedBefore } = watermark;
      if (goal !== null)
        return { minutes: await count(em, STEP_SQL, [snapshot, xmin, goal, countedBefore]), isLast: false };
      const [found] = await sql<{ much: boolean }>(em, IS_MUCH_SQL, [snapshot, xmin, much]);
      if (!found?.much) return { minutes: await count(em, ROLL_UP_SQL, [snapshot, xmin]), isLast: true };
      await sql(em, SET_OUT_SQL);
      return { minutes: 0, isLast: false };
    });
  }

  /** In a transaction of its own: what it marks as stored now is counted by one that begins later. */
  private startAnewIfForeign(): Promise<boolean> {
    return this.database.systemTransaction(async (em) => {
      const [watermark] = await sql<Watermark>(em, TAKE_WATERMARK_SQL);
      if (!watermark?.isForeign) return false;
      await sql(em, LONG_PATIENCE_SQL);
      for (const statement of START_ANEW_SQL) await sql(em, statement);
      return true;
    });
  }
}

/** How many minutes the statement changed. */
async function count(em: EntityManager, statement: string, parameters: unknown[]): Promise<number> {
  const [row] = await sql<{ minutes: number }>(em, statement, parameters);
  return row?.minutes ?? 0;
}
