/**
 * Keeps the interactions' tables in shape: tomorrow's partition is there before tomorrow is, keys that can't be asked
 * for any more are forgotten, and so are interactions that are older than what is kept, where that has an end. Every
 * node makes partitions when it boots; the rest is done a few times a day, by one.
 *
 * Must never happen: a key forgotten while an interaction with its id could still be accepted. Keys are kept for
 * 9 days, interactions accepted up to 7 days after their time and 5 minutes before it. Nor an interaction forgotten that
 * the minutes don't count yet.
 */
import { Injectable, type OnApplicationBootstrap, type OnModuleInit } from '@nestjs/common';
import { DensityRollup } from '../density/density-rollup.js';
import { Clock } from '../platform/clock.js';
import { Config } from '../platform/config/config.js';
import { Database, sql } from '../platform/database/database.js';
import { dropPartitions } from '../platform/database/forget.js';
import { JobSchedule } from '../platform/jobs/job-schedule.js';
import {
  FORGET_LOCK_SQL,
  forgetKeys,
  KEY_PARTITIONS_SQL,
  PARTITIONS_LOCK_SQL,
  PARTITIONS_SQL,
} from './upkeep.queries.js';

const EVERY_MS = 6 * 3600 * 1000;
const DAY_MS = 24 * 3600 * 1000;
const KEEP_KEYS_MS = 9 * DAY_MS;

@Injectable()
export class InteractionUpkeep implements OnModuleInit, OnApplicationBootstrap {
  constructor(
    private readonly database: Database,
    private readonly rollup: DensityRollup,
    private readonly schedule: JobSchedule,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.schedule.own('interactions.upkeep', { everyMs: EVERY_MS, run: (signal) => this.run(signal) });
  }

  onApplicationBootstrap(): Promise<void> {
    return this.makePartitions();
  }

  async run(signal?: AbortSignal): Promise<void> {
    await this.makePartitions();
    await this.forgetKeys();
    await this.forgetInteractions(signal);
  }

  private async makePartitions(): Promise<void> {
    await this.database.systemTransaction(async (em) => {
      await sql(em, PARTITIONS_LOCK_SQL);
      await sql(em, PARTITIONS_SQL, [this.clock.date()]);
    });
  }

  private async forgetKeys(): Promise<void> {
    const partitions = await this.database.pool.query<{ name: string }>(KEY_PARTITIONS_SQL);
    for (const { name } of partitions.rows) await this.forgetKeysOf(name);
  }

  /** A partition at a time; a large one may take longer than a request could wait. */
  private async forgetKeysOf(partition: string): Promise<void> {
    const before = new Date(this.clock.now() - KEEP_KEYS_MS);
    await this.database.systemTransaction(async (em) => {
      const [lock] = await sql<{ mine: boolean }>(em, FORGET_LOCK_SQL);
      if (!lock?.mine) return;
      await sql(em, "set local statement_timeout = '10min'");
      await sql(em, forgetKeys(partition), [before]);
    });
  }

  /** Only what was counted just now: while another node is at it, or this one stops, the next turn will do. */
  private async forgetInteractions(signal?: AbortSignal): Promise<void> {
    const { keepInteractionsDays } = this.config;
    if (keepInteractionsDays === null || (await this.rollup.run(signal)) === null || signal?.aborted) return;
    const before = new Date(this.clock.now() - keepInteractionsDays * DAY_MS);
    await dropPartitions(this.database, 'interaction', before);
  }
}
