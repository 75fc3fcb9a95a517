/**
 * Hands outbox rows to the queue: at once when woken, every second otherwise.
 *
 * Guaranteed: an unfinished row is handed out again after half a minute, at boot, and as soon as Redis turns out to
 * have lost its memory, so a flushed queue loses nothing; so is a row whose job was given up, for as long as it takes.
 * Several relays share the work by `skip locked`.
 */
import { type BeforeApplicationShutdown, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Config } from '../config/config.js';
import { Database } from '../database/database.js';
import { Listener } from '../database/listener.js';
import { JobQueue, type GivenUp, type JobOrder } from '../jobs/job-queue.js';
import { RedisConnections } from '../redis/redis-connections.js';
import { Repeated } from '../repeated.js';
import { OUTBOX_CHANNEL } from './outbox.js';
import { FAIL_SQL, FORGET_SQL, GIVE_ALL_BACK_SQL, GIVE_BACK_SQL, TAKE_SQL } from './outbox.queries.js';

const EVERY_MS = 1_000;
const FORGET_EVERY_MS = 10 * 60_000;
const BATCH = 500;

@Injectable()
export class OutboxRelay implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(OutboxRelay.name);
  private readonly forgetting: Repeated;
  /** How often relays have run as far as Redis knows. Infinity: rows that it may have lost are still to be given back. */
  private runs = Infinity;
  private timer: NodeJS.Timeout | null = null;
  private running: Promise<void> | null = null;
  private again = false;
  private stopped = false;

  constructor(
    private readonly database: Database,
    private readonly listener: Listener,
    private readonly queue: JobQueue,
    private readonly redis: RedisConnections,
    private readonly config: Config,
  ) {
    this.forgetting = new Repeated('forgetting finished work', FORGET_EVERY_MS, () => database.pool.query(FORGET_SQL));
  }

  onApplicationBootstrap(): void {
    if (!this.config.roles.has('worker')) return;
    this.queue.start((...job) => void this.noteFailure(...job));
    this.listener.on(OUTBOX_CHANNEL, () => this.wake());
    this.timer = setInterval(() => this.wake(), EVERY_MS);
    this.forgetting.start();
    this.wake();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopped = true;
    if (this.timer) clearInterval(this.timer);
    await this.forgetting.stop();
    await this.running;
  }

  private wake(): void {
    if (this.stopped) return;
    if (this.running) {
      this.again = true;
      return;
    }
    this.running = this.run().finally(() => {
      this.running = null;
      if (this.again) this.wake();
    });
  }

  private async run(): Promise<void> {
    this.again = false;
    try {
      await this.noticeLostMemory();
      while (!this.stopped && (await this.handOut()) === BATCH);
    } catch (error) {
      this.logger.debug(`the relay will try again: ${String(error)}`);
    }
  }

  private async handOut(): Promise<number> {
    const { rows } = await this.database.pool.query<JobOrder & { id: string }>(TAKE_SQL, [BATCH]);
    if (rows.length === 0) return 0;
    try {
      await this.queue.add([...new Map(rows.map((row) => [`${row.name} ${row.key}`, row])).values()]);
    } catch (error) {
      await this.database.pool.query(GIVE_BACK_SQL, [rows.map((row) => row.id)]);
      throw error;
    }
    return rows.length;
  }

  /**
   * Redis may come back empty (FLUSHALL does not change its run id) or with what it had a while ago: then it counts
   * what was counted before.
   */
  private async noticeLostMemory(): Promise<void> {
    const runs = await this.redis.commands.incr(this.redis.key('outbox', 'runs'));
    const hasLost = runs <= this.runs;
    this.runs = Infinity;
    if (hasLost) await this.database.pool.query(GIVE_ALL_BACK_SQL);
    this.runs = runs;
  }

  /** Keeps in sight what was given up. Its row is still unfinished, and comes again. */
  private async noteFailure({ name, key }: Parameters<GivenUp>[0], failure: string): Promise<void> {
    try {
      const { rows } = await this.database.pool.query<{ failures: number }>(FAIL_SQL, [name, key, failure]);
      if (rows.some(({ failures }) => failures === 1)) {
        this.logger.error({ job: name, key, failure }, 'a job was given up for now; it is tried again and again');
      }
    } catch (error) {
      this.logger.warn({ err: error, job: name }, 'a job was given up, and the outbox could not be told');
    }
  }
}
