import { Injectable } from '@nestjs/common';
import { Gauge } from 'prom-client';
import { Database } from '../database/database.js';
import { Metrics } from '../telemetry/metrics.js';
import { BACKLOG_SQL, FAILING_SQL } from './outbox.queries.js';

interface Backlog {
  job: string;
  unfinished: number;
  failing: number;
  oldestSeconds: number;
}

/** What waits in the outbox and what keeps failing there, for those who run it: readiness and metrics. */
@Injectable()
export class OutboxBacklog {
  constructor(
    private readonly database: Database,
    metrics: Metrics,
  ) {
    const gauge = (name: string, help: string, collect?: () => Promise<void>) =>
      new Gauge({ name, help, labelNames: ['job'], registers: [metrics.registry], ...(collect && { collect }) });
    const failing = gauge('muster_outbox_failing', 'Work whose job was given up and is tried again and again');
    const oldest = gauge('muster_outbox_oldest_seconds', 'Age of the oldest unfinished work');
    const unfinished = gauge('muster_outbox_unfinished', 'Work that is not finished', async () => {
      const backlog = await this.read();
      for (const one of [unfinished, failing, oldest]) one.reset();
      for (const { job, ...counts } of backlog) {
        unfinished.set({ job }, counts.unfinished);
        failing.set({ job }, counts.failing);
        oldest.set({ job }, counts.oldestSeconds);
      }
    });
  }

  /** The jobs that keep failing, and of how many things each. */
  async failing(): Promise<{ job: string; things: number }[]> {
    return (await this.database.authorityPool.query<{ job: string; things: number }>(FAILING_SQL)).rows;
  }

  /** Metrics are also read while PostgreSQL is away: then nothing is known. */
  private async read(): Promise<Backlog[]> {
    return this.database.pool.query<Backlog>(BACKLOG_SQL).then(
      ({ rows }) => rows,
      () => [],
    );
  }
}
