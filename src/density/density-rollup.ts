/**
 * Keeps the interactions of each minute counted in `density_minute`.
 *
 * Who calls: the schedule, once a minute, on any worker. Guaranteed: `density_minute` counts exactly the interactions
 * that the watermark's snapshot sees, each once, in the minute it belongs to and not in that of its arrival; both move
 * on in one transaction. So a turn that is missed, repeated, or taken by two nodes does no harm; readers add what the
 * watermark doesn't see (`history.queries.ts`) and are exact however far behind the minutes are. What must never happen:
 * a clock deciding what is new.
 */
import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { Database, sql } from '../platform/database/database.js';
import { JobSchedule } from '../platform/jobs/job-schedule.js';
import { ROLL_UP_SQL, START_ANEW_SQL, TAKE_WATERMARK_SQL } from './rollup.queries.js';

const EVERY_MS = 60_000;
/** Once, where there is a long history that was never counted. */
const PATIENCE_SQL = "set local statement_timeout = '10min'";
/** What is new is found by its index, whatever the planner thinks of a table that it has no statistics of yet. */
const BY_INDEX_SQL = 'set local enable_seqscan = off';

interface Watermark {
  snapshot: string;
  xmin: string;
  /** Of another server: its transactions are ahead of ours. */
  isForeign: boolean;
}

@Injectable()
export class DensityRollup implements OnModuleInit {
  private readonly logger = new Logger(DensityRollup.name);

  constructor(
    private readonly database: Database,
    private readonly schedule: JobSchedule,
  ) {}

  onModuleInit(): void {
    this.schedule.own('density.roll-up', { everyMs: EVERY_MS, run: () => this.run() });
  }

  /** Adds what is new. Resolves to how many minutes changed; null: another node is at it. */
  async run(): Promise<number | null> {
    if (await this.startAnewIfForeign()) this.logger.warn('restored from another server: all minutes are counted anew');
    return this.database.systemTransaction(async (em) => {
      const [watermark] = await sql<Watermark>(em, TAKE_WATERMARK_SQL);
      if (!watermark) return null;
      await sql(em, PATIENCE_SQL);
      await sql(em, BY_INDEX_SQL);
      const [row] = await sql<{ minutes: number }>(em, ROLL_UP_SQL, [watermark.snapshot, watermark.xmin]);
      return row?.minutes ?? 0;
    });
  }

  /** In a transaction of its own: what it marks as stored now is counted by one that begins later. */
  private startAnewIfForeign(): Promise<boolean> {
    return this.database.systemTransaction(async (em) => {
      const [watermark] = await sql<Watermark>(em, TAKE_WATERMARK_SQL);
      if (!watermark?.isForeign) return false;
      await sql(em, PATIENCE_SQL);
      for (const statement of START_ANEW_SQL) await sql(em, statement);
      return true;
    });
  }
}
