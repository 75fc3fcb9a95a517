/**
 * Hands outbox rows to the queue: at once when woken, every second otherwise.
 *
 * Guaranteed: an unfinished row is handed out again after a minute, or as soon as Redis turns out to have lost
 * its memory (a marker key is missing or changed), so a flushed queue loses nothing. Several relays share the
 * work by `skip locked`.
 */
import { randomUUID } from 'node:crypto';
import { type BeforeApplicationShutdown, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Config } from '../config/config.js';
import { Database } from '../database/database.js';
import { Listener } from '../database/listener.js';
import { type JobOrder, JobQueue } from '../jobs/job-queue.js';
import { RedisConnections } from '../redis/redis-connections.js';
import { OUTBOX_CHANNEL } from './outbox.js';

const EVERY_MS = 1_000;
const BATCH = 500;

const TAKE_SQL = `
update outbox set handed_at = clock_timestamp()
where id in (
  select id from outbox
  where done_at is null and (handed_at is null or handed_at < clock_timestamp() - interval '60 seconds')
  order by id limit $1 for update skip locked
)
returning id, topic as name, workspace_id as "workspaceId", key`;

const GIVE_BACK_SQL = 'update outbox set handed_at = null where id = any($1::bigint[]) and done_at is null';
const GIVE_ALL_BACK_SQL = 'update outbox set handed_at = null where done_at is null and handed_at is not null';
const FORGET_SQL = `delete from outbox where done_at < clock_timestamp() - interval '1 day'`;

@Injectable()
export class OutboxRelay implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(OutboxRelay.name);
  private readonly marker = randomUUID();
  private knownMarker: string | null = null;
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
  ) {}

  onApplicationBootstrap(): void {
    if (!this.config.roles.has('worker')) return;
    this.queue.start();
    this.listener.on(OUTBOX_CHANNEL, () => this.wake());
    this.timer = setInterval(() => this.wake(), EVERY_MS);
    this.wake();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopped = true;
    if (this.timer) clearInterval(this.timer);
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
      await this.database.pool.query(FORGET_SQL);
    } catch (error) {
      this.logger.debug(`the relay will try again: ${String(error)}`);
    }
  }

  private async handOut(): Promise<number> {
    const { rows } = await this.database.pool.query<JobOrder & { id: string }>(TAKE_SQL, [BATCH]);
    if (rows.length === 0) return 0;
    try {
      await this.queue.add(rows.map(({ name, workspaceId, key }) => ({ name, workspaceId, key })));
    } catch (error) {
      await this.database.pool.query(GIVE_BACK_SQL, [rows.map((row) => row.id)]);
      throw error;
    }
    return rows.length;
  }

  /** FLUSHALL does not change Redis' run id; a missing marker shows it. */
  private async noticeLostMemory(): Promise<void> {
    const key = this.redis.key('outbox', 'marker');
    await this.redis.commands.set(key, this.marker, 'NX');
    const marker = await this.redis.commands.get(key);
    if (this.knownMarker !== null && marker !== this.knownMarker) await this.database.pool.query(GIVE_ALL_BACK_SQL);
    this.knownMarker = marker;
  }
}
