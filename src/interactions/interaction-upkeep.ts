/**
 * Keeps the interactions' tables in shape: tomorrow's partition is there before tomorrow is, and keys that can't be
 * asked for any more are forgotten. Every node does it, at boot and a few times a day.
 *
 * Must never happen: a key forgotten while an interaction with its id could still be accepted. Keys are kept for
 * 9 days, interactions accepted up to 7 days after their time and 5 minutes before it.
 */
import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Clock } from '../platform/clock.js';
import { Database, sql } from '../platform/database/database.js';
import { Repeated } from '../platform/repeated.js';
import {
  FORGET_LOCK_SQL,
  forgetKeys,
  KEY_PARTITIONS_SQL,
  PARTITIONS_LOCK_SQL,
  PARTITIONS_SQL,
} from './upkeep.queries.js';

const EVERY_MS = 6 * 3600 * 1000;
const KEEP_KEYS_MS = 9 * 24 * 3600 * 1000;

@Injectable()
export class InteractionUpkeep implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly repeated = new Repeated('upkeep of interactions', EVERY_MS, () => this.run());

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.makePartitions();
    this.repeated.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.repeated.stop();
  }

  async run(): Promise<void> {
    await this.makePartitions();
    await this.forgetKeys();
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
}
