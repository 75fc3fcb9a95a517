import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { Child } from '../../support/processes/child.js';

/** A PostgreSQL and a Redis of the benchmark's own, as durable as in production, gone afterwards. */
export class Services {
  private constructor(
    private readonly child: Child,
    private readonly databaseUrl: string,
    readonly redisUrl: string,
  ) {}

  static async start(): Promise<Services> {
    const script = new URL('./services.process.js', import.meta.url);
    const { child, ready } = await Child.start<{ databaseUrl: string; redisUrl: string }>(script, 'services', []);
    return new Services(child, ready.databaseUrl, ready.redisUrl);
  }

  /** A new, empty database; its URL. */
  async createDatabase(): Promise<string> {
    const name = `bench_${randomUUID().replaceAll('-', '')}`;
    await withDatabase(this.databaseUrl, (client) => client.query(`create database ${name}`));
    return this.databaseUrl.replace(/\/[^/?]+(\?|$)/, `/${name}$1`);
  }

  stop(): Promise<void> {
    return this.child.stop();
  }
}

/** Runs `work` on a connection of its own. */
export async function withDatabase<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
