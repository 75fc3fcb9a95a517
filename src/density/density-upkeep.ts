/**
 * Keeps the minutes' table in shape: next month's partition is there before next month is, and months that are older
 * than what is kept are dropped. Partitions are made at each node's boot too; a time without one goes to the default
 * partition, and moves when its own is made.
 */
import { Injectable, type OnApplicationBootstrap, type OnModuleInit } from '@nestjs/common';
import { Clock } from '../platform/clock.js';
import { Config } from '../platform/config/config.js';
import { Database, sql } from '../platform/database/database.js';
import { dropPartitions } from '../platform/database/forget.js';
import { JobSchedule } from '../platform/jobs/job-schedule.js';
import { DENSITY_PARTITIONS_LOCK_SQL, DENSITY_PARTITIONS_SQL } from './rollup.queries.js';

const EVERY_MS = 6 * 3600 * 1000;
const DAY_MS = 24 * 3600 * 1000;

@Injectable()
export class DensityUpkeep implements OnModuleInit, OnApplicationBootstrap {
  constructor(
    private readonly database: Database,
    private readonly schedule: JobSchedule,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.schedule.own('density.upkeep', { everyMs: EVERY_MS, run: () => this.run() });
  }

  onApplicationBootstrap(): Promise<void> {
    return this.makePartitions();
  }

  async run(): Promise<void> {
    await this.makePartitions();
    const before = new Date(this.clock.now() - this.config.keepHistoryDays * DAY_MS);
    await dropPartitions(this.database, 'density_minute', before);
  }

  private async makePartitions(): Promise<void> {
    await this.database.systemTransaction(async (em) => {
      await sql(em, DENSITY_PARTITIONS_LOCK_SQL);
      await sql(em, DENSITY_PARTITIONS_SQL, [this.clock.date()]);
    });
  }
}
