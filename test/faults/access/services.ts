import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { DataDir } from '../../../src/platform/embedded/data-dir.js';
import { DataDirLock } from '../../../src/platform/embedded/data-dir.lock.js';
import { EmbeddedPostgres } from '../../../src/platform/embedded/postgres.js';
import { EmbeddedRedis } from '../../../src/platform/embedded/redis.js';

/** A PostgreSQL and a Redis that can be taken away, each by itself, and come back where they were. */
export class BreakableServices {
  private constructor(
    private readonly lock: DataDirLock,
    private postgres: EmbeddedPostgres,
    private redis: EmbeddedRedis,
  ) {}

  static async start(): Promise<BreakableServices> {
    const lock = await DataDirLock.take(DataDir.open(mkdtempSync(join(tmpdir(), 'muster-faults-'))));
    const postgres = await startPostgres(lock);
    return new BreakableServices(lock, postgres, await startRedis(lock));
  }

  get databaseUrl(): string {
    return this.postgres.url;
  }

  get redisUrl(): string {
    return this.redis.url;
  }

  /** Ends PostgreSQL and all its connections, and starts it again after `downMs`. */
  async restartPostgres(downMs: number): Promise<void> {
    await this.postgres.child.stop();
    await pause(downMs);
    this.postgres = await startPostgres(this.lock);
  }

  async restartRedis(downMs: number): Promise<void> {
    await this.redis.child.stop();
    await pause(downMs);
    this.redis = await startRedis(this.lock);
  }

  /** Takes everything out of Redis. */
  async flush(): Promise<void> {
    const client = new Redis({ path: this.redis.url.replace('unix://', ''), disconnectTimeout: 100 });
    try {
      await client.flushall();
    } finally {
      client.disconnect();
    }
  }

  /** Ends both and removes what they stored. */
  async stop(): Promise<void> {
    await Promise.all([this.postgres.child.stop(), this.redis.child.stop()]);
    this.lock.release();
    rmSync(this.lock.dir.path, { recursive: true, force: true });
  }
}

function startPostgres({ dir }: DataDirLock): Promise<EmbeddedPostgres> {
  return EmbeddedPostgres.start({ dir, durable: false, path: process.env['PATH'] });
}

function startRedis({ dir }: DataDirLock): Promise<EmbeddedRedis> {
  const toolFolders = [dir.path, process.env['MUSTER_DATA_DIR'] || '.muster', '.muster'];
  return EmbeddedRedis.start({ dir, path: process.env['PATH'], toolFolders });
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
