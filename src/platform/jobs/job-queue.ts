/**
 * The queue between the outbox and the jobs' owners: BullMQ on Redis. It only carries ids and may lose them:
 * the outbox hands a row out again until its job has finished it.
 */
import { Injectable, type BeforeApplicationShutdown, Logger } from '@nestjs/common';
import { type Job, Queue, Worker } from 'bullmq';
import { Config } from '../config/config.js';
import { connectRedis } from '../redis/redis-connections.js';
import type { Redis } from 'ioredis';
import { type JobContext, JobRegistry } from './job-registry.js';

/** A job to hand out. */
export interface JobOrder extends JobContext {
  name: string;
}

const QUEUE = 'jobs';
const CONCURRENCY = 2;

@Injectable()
export class JobQueue implements BeforeApplicationShutdown {
  private readonly logger = new Logger(JobQueue.name);
  private readonly connections: Redis[] = [];
  private producer: Redis | null = null;
  private queue: Queue | null = null;
  private worker: Worker | null = null;

  constructor(
    private readonly config: Config,
    private readonly registry: JobRegistry,
  ) {}

  /** Starts working. Called once, by a node with the worker role. */
  start(): void {
    this.producer = this.connect({ enableOfflineQueue: false, maxRetriesPerRequest: 0, commandTimeout: 2_000 });
    this.worker = new Worker(QUEUE, (job: Job<JobContext>) => this.registry.require(job.name)(job.data), {
      connection: this.connect({ maxRetriesPerRequest: null }),
      prefix: this.prefix,
      concurrency: CONCURRENCY,
      maxStalledCount: 5,
      stalledInterval: 5_000,
      lockDuration: 15_000,
    });
    this.worker.on('error', (error) => this.logger.debug(`worker: ${error.message}`));
    this.worker.on('failed', (job, error) => this.logger.error({ err: error, job: job?.name }, 'a job failed'));
  }

  /** Hands jobs to the queue. A job that is running when another of its key comes runs once more afterwards. */
  async add(orders: JobOrder[]): Promise<void> {
    await this.requireQueue().addBulk(
      orders.map(({ name, workspaceId, key }) => ({
        name,
        data: { workspaceId, key },
        opts: {
          deduplication: { id: `${name}-${key}`, keepLastIfActive: true },
          attempts: 5,
          backoff: { type: 'exponential', delay: 500 },
          removeOnComplete: 100,
          removeOnFail: 1_000,
        },
      })),
    );
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.worker?.close();
    await this.queue?.close().catch(() => undefined);
    for (const connection of this.connections) connection.disconnect();
  }

  /** Made only once Redis answers: a queue that was set up while Redis was away stays broken. */
  private requireQueue(): Queue {
    if (this.producer?.status !== 'ready') throw new Error('Redis is not connected.');
    if (!this.queue) {
      this.queue = new Queue(QUEUE, { connection: this.producer, prefix: this.prefix });
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
