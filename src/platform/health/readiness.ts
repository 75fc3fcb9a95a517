import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import type { Readiness as Answer } from '#contracts';
import { Database } from '../database/database.js';
import { OutboxBacklog } from '../outbox/outbox.backlog.js';
import { RedisConnections } from '../redis/redis-connections.js';

type Check = Answer['checks'][number];

/**
 * Whether this node can serve: not without PostgreSQL, nor while it is stopping; without Redis, or while jobs keep
 * failing, it is degraded.
 */
@Injectable()
export class Readiness implements BeforeApplicationShutdown {
  private draining = false;

  constructor(
    private readonly database: Database,
    private readonly redis: RedisConnections,
    private readonly backlog: OutboxBacklog,
  ) {}

  beforeApplicationShutdown(): void {
    this.draining = true;
  }

  async check(): Promise<Answer> {
    const [postgres, redis, jobs] = await Promise.all([this.checkPostgres(), this.checkRedis(), this.checkJobs()]);
    const checks = [postgres, redis, jobs, ...(this.draining ? [drainingCheck] : [])];
    const unavailable = this.draining || !postgres.ok;
    return { status: unavailable ? 'unavailable' : redis.ok && jobs.ok ? 'ready' : 'degraded', checks };
  }

  private async checkPostgres(): Promise<Check> {
    const ok = await this.database.authorityPool.query('select 1').then(
      () => true,
      () => false,
    );
    return { name: 'postgresql', ok, detail: ok ? null : 'PostgreSQL does not answer: requests are refused with 503.' };
  }

  private async checkRedis(): Promise<Check> {
    const ok = await this.redis.isAlive();
    const detail = 'Redis does not answer: live views are stale and re-syncs wait; nothing is lost.';
    return { name: 'redis', ok, detail: ok ? null : detail };
  }

  /** Nothing is known of them without PostgreSQL, which is said already. */
  private async checkJobs(): Promise<Check> {
    const failing = await this.backlog.failing().catch(() => []);
    const what = failing.map(({ job, things }) => `${job} of ${things}`).join(', ');
    const detail = `Work is given up and tried again and again: ${what}. The log and /queues say what it fails of.`;
    return { name: 'jobs', ok: failing.length === 0, detail: failing.length === 0 ? null : detail };
  }
}

const drainingCheck: Check = { name: 'draining', ok: false, detail: 'This node is stopping; use another.' };
