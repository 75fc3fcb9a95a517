/**
 * Work that is repeated for the whole installation rather than by each node: BullMQ job schedulers.
 *
 * Who calls: a feature names its work in `onModuleInit`; nodes with the worker role run it. Guaranteed: while Redis and
 * one worker live, each work begins about every `everyMs`, the first time at once; schedulers that Redis lost, or whose
 * next turn it lost, are there again within seconds of its return. What must never happen: work that relies on being
 * alone (a turn may run on two nodes, or while the one before still runs), on being on time, or on running at all: what
 * it does not do today it must do tomorrow.
 */
import { type BeforeApplicationShutdown, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { type Job, Queue, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { Config } from '../config/config.js';
import { connectRedis } from '../redis/redis-connections.js';
import { Repeated } from '../repeated.js';
import { JobFailure } from './job-failure.js';
import { answers, untilGone } from './reach.js';

export interface ScheduledWork {
  everyMs: number;
  /** What takes long stops where it can when the node does: `signal`. */
  run: (signal: AbortSignal) => Promise<unknown>;
}

const QUEUE = 'schedule';
const CONCURRENCY = 2;
/** How often a node looks whether the schedulers are there. */
const LOOK_MS = 5_000;
/** A turn that is this late was lost. */
const OVERDUE_MS = 30_000;
const OPTIONS = { removeOnComplete: 20, removeOnFail: 100, stackTraceLimit: 1 };

@Injectable()
export class JobSchedule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(JobSchedule.name);
  private readonly works = new Map<string, ScheduledWork>();
  private readonly connections: Redis[] = [];
  private readonly running = new Set<Promise<unknown>>();
  private readonly looking = new Repeated('looking after the schedule', LOOK_MS, () => this.look());
  private readonly stopping = new AbortController();
  private producer: Redis | null = null;
  private queue: Queue | null = null;
  private worker: Worker | null = null;

  constructor(private readonly config: Config) {}

  /** Names the work; called before the node boots. A second owner of a name is a mistake. */
  own(name: string, work: ScheduledWork): void {
    if (this.works.has(name)) throw new Error(`The scheduled work ${name} has two owners.`);
    this.works.set(name, work);
  }

  onApplicationBootstrap(): void {
    if (!this.config.roles.has('worker')) return;
    const producer = this.connect({ enableOfflineQueue: false, maxRetriesPerRequest: 0, commandTimeout: 2_000 });
    this.producer = producer;
    producer.on('ready', () => void this.look().catch(() => undefined));
    this.worker = new Worker(QUEUE, (job: Job) => this.work(job), {
      connection: this.connect({ maxRetriesPerRequest: null }),
      prefix: this.prefix,
      concurrency: CONCURRENCY,
      maxStalledCount: 5,
    });
    this.worker.on('error', (error) => this.logger.debug(`worker: ${error.message}`));
    this.looking.start();
  }

  /** Waits for what runs; and for Redis to be told that it ended, unless Redis is gone or goes meanwhile. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    // Not waited for: it may wait for a Redis that is gone.
    void this.looking.stop();
    const isReachable = await answers(this.producer);
    const gone = untilGone(this.producer);
    const closed = Promise.allSettled([this.worker?.close(!isReachable), this.queue?.close()]);
    await Promise.allSettled(this.running);
    await Promise.race([closed, gone]);
    for (const connection of this.connections) connection.disconnect();
  }

  /** Makes the schedulers that are missing. While Redis is away there is nothing to look at. */
  private async look(): Promise<void> {
    if (this.producer?.status !== 'ready') return;
    const queue = this.require(this.producer);
    for (const [name, { everyMs }] of this.works) {
      const known = await queue.getJobScheduler(name);
      const isRunning = known?.every === everyMs && (known.next ?? 0) > Date.now() - OVERDUE_MS;
      if (!isRunning) await queue.upsertJobScheduler(name, { every: everyMs }, { name, data: {}, opts: OPTIONS });
    }
  }

  private async work({ name }: Job): Promise<void> {
    const work = this.works.get(name);
    // Of another version of Muster; where that one runs, it makes it again.
    if (!work) return void (await this.queue?.removeJobScheduler(name));
    const running = work.run(this.stopping.signal);
    this.running.add(running);
    try {
      await running;
    } catch (error) {
      this.logger.warn({ err: error, work: name }, 'scheduled work failed; its next turn comes');
      throw new JobFailure(error);
    } finally {
      this.running.delete(running);
    }
  }

  /** Made only once Redis answers: a queue that was set up while Redis was away stays broken. */
  private require(producer: Redis): Queue {
    if (!this.queue) {
      this.queue = new Queue(QUEUE, { connection: producer, prefix: this.prefix });
      this.queue.on('error', (error) => this.logger.debug(`queue: ${error.message}`));
    }
    return this.queue;
  }

  private get prefix(): string {
    return `${this.config.redisPrefix}:bull`;
  }

  private connect(options: Parameters<typeof connectRedis>[1]): Redis {
    const connection = connectRedis(this.config.redisUrl, options);
    connection.on('error', () => undefined);
    this.connections.push(connection);
    return connection;
  }
}
