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
  private reading: Promise<Backlog[]> | null = null;

  constructor(
    private readonly database: Database,
    metrics: Metrics,
  ) {
    const gauge = (name: string, help: string, figure: keyof Omit<Backlog, 'job'>) => {
      const gauge = new Gauge({
        name,
        help,
        labelNames: ['job'],
        registers: [metrics.registry],
        collect: async () => {
          const backlog = await this.read();
          gauge.reset();
          for (const one of backlog) gauge.set({ job: one.job }, one[figure]);
        },
      });
    };
    gauge('muster_outbox_unfinished', 'Work that is not finished', 'unfinished');
    gauge('muster_outbox_failing', 'Work whose job was given up and is tried again and again', 'failing');
    gauge('muster_outbox_oldest_seconds', 'Age of the oldest unfinished work', 'oldestSeconds');
  }

  /** The jobs that keep failing, and of how many things each. */
  async failing(): Promise<{ job: string; things: number }[]> {
    return (await this.database.authorityPool.query<{ job: string; things: number }>(FAILING_SQL)).rows;
  }

  /** Once for all gauges. Metrics are also read while PostgreSQL is away: then nothing is known. */
  private read(): Promise<Backlog[]> {
    this.reading ??= this.database.pool
      .query<Backlog>(BACKLOG_SQL)
      .then(
        ({ rows }) => rows,
        () => [],
      )
      .finally(() => (this.reading = null));
    return this.reading;
  }
}
