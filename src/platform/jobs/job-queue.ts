/**
 * The queue between the outbox and the jobs' owners: BullMQ on Redis. It only carries ids and may lose them: the outbox
 * hands a row out again until its job has finished it.
 *
 * Who calls: the outbox's relay. Guaranteed: a job that keeps failing is given up after its attempts, and the relay is
 * told; jobs that call the outside have a queue and workers of their own, so that they hold up no others. What must
 * never happen: anything but ids, names and kinds of errors in Redis.
 */
import { once } from 'node:events';
import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import { type Job, Queue, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { Config } from '../config/config.js';
import { ProblemException } from '../errors/problem.exception.js';
import { connectRedis } from '../redis/redis-connections.js';
import { JobFailure } from './job-failure.js';
import { type JobContext, type JobLane, JobRegistry } from './job-registry.js';
import { answers, untilGone } from './reach.js';

/** A job to hand out. */
export interface JobOrder extends JobContext {
  name: string;
  /** Whether it has been given up before: then it is tried once, after all others. */
  hasFailed: boolean;
}

/** Told of a job that was given up, and what it failed of. */
export type GivenUp = (order: Omit<JobOrder, 'hasFailed'>, failure: string) => void;

/** How many jobs of each queue a node does at a time. */
const CONCURRENCY: Record<JobLane, number> = { jobs: 2, outgoing: 16 };
const LANES = Object.keys(CONCURRENCY) as JobLane[];
const PATIENCE_MS = 1_000;
const FIRST = { attempts: 5, backoff: { type: 'exponential', delay: 500 } };
const AGAIN = { attempts: 1, priority: 10 };

@Injectable()
export class JobQueue implements BeforeApplicationShutdown {
  private readonly logger = new Logger(JobQueue.name);
  private readonly connections: Redis[] = [];
  private producer: Redis | null = null;
  private readonly queues = new Map<JobLane, Queue>();
  private workers: Worker[] = [];

  constructor(
    private readonly config: Config,
    private readonly registry: JobRegistry,
  ) {}

  /** Starts working. Called once, by a node with the worker role. */
  start(givenUp: GivenUp): void {
    this.connectProducer();
    this.workers = LANES.map((lane) => this.startWorker(lane, givenUp));
  }

  private startWorker(lane: JobLane, givenUp: GivenUp): Worker {
    const worker = new Worker(lane, (job: Job<JobContext>) => this.work(job), {
      connection: this.connect({ maxRetriesPerRequest: null }),
      prefix: this.prefix,
      concurrency: CONCURRENCY[lane],
      maxStalledCount: 5,
      stalledInterval: 5_000,
      lockDuration: 15_000,
    });
    worker.on('error', (error) => this.logger.debug(`worker: ${error.message}`));
    worker.on('failed', (job, error) => {
      if (job?.finishedOn) givenUp({ name: job.name, ...job.data }, error.message);
    });
    return worker;
  }

  /** Hands jobs to the queue. A job that is running when another of its key comes runs once more afterwards. */
  async add(orders: JobOrder[]): Promise<void> {
    for (const [lane, own] of Map.groupBy(orders, ({ name }) => this.registry.laneOf(name)))
      await this.addTo(lane, own);
  }

  private async addTo(lane: JobLane, orders: JobOrder[]): Promise<void> {
    await this.require(lane).addBulk(
      orders.map(({ name, workspaceId, key, hasFailed }) => ({
        name,
        data: { workspaceId, key },
        opts: {
          ...(hasFailed ? AGAIN : FIRST),
          deduplication: { id: `${name}-${key}`, keepLastIfActive: true },
          removeOnComplete: 100,
          removeOnFail: 1_000,
          stackTraceLimit: 1,
        },
      })),
    );
  }

  /** The queues as soon as Redis answers. 503 `live_unavailable` when it doesn't. */
  async ready(): Promise<Record<JobLane, Queue>> {
    const producer = this.connectProducer();
    const patience = { signal: AbortSignal.timeout(PATIENCE_MS) };
    if (producer.status !== 'ready') await once(producer, 'ready', patience).catch(() => undefined);
    if (producer.status === 'ready') return { jobs: this.require('jobs'), outgoing: this.require('outgoing') };
    throw new ProblemException('live_unavailable', 'Redis does not answer, and the queue is kept there; ask again.');
  }

  /** Made only once Redis answers: a queue that was set up while Redis was away stays broken. */
  private require(lane: JobLane): Queue {
    const producer = this.connectProducer();
    if (producer.status !== 'ready') throw new Error('Redis is not connected.');
    const known = this.queues.get(lane);
    if (known) return known;
    const queue = new Queue(lane, { connection: producer, prefix: this.prefix });
    queue.on('error', (error) => this.logger.debug(`queue: ${error.message}`));
    this.queues.set(lane, queue);
    return queue;
  }

  private connectProducer(): Redis {
    this.producer ??= this.connect({ enableOfflineQueue: false, maxRetriesPerRequest: 0, commandTimeout: 2_000 });
    return this.producer;
  }

  /** Waits for the jobs that run. Without Redis, or when it goes meanwhile, nobody can be told: the outbox knows. */
  async beforeApplicationShutdown(): Promise<void> {
    const isReachable = await answers(this.producer);
    const gone = untilGone(this.producer);
    const closed = Promise.allSettled([
      ...this.workers.map((worker) => worker.close(!isReachable)),
      ...[...this.queues.values()].map((queue) => queue.close()),
    ]);
    await Promise.race([closed, gone]);
    for (const connection of this.connections) connection.disconnect();
  }

  private async work({ name, data }: Job<JobContext>): Promise<void> {
    try {
      await this.registry.require(name)(data);
    } catch (error) {
      this.logger.warn({ err: error, job: name, key: data.key }, 'an attempt at a job failed');
      throw new JobFailure(error);
    }
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
