import type { MikroORM } from '@mikro-orm/postgresql';
import pg from 'pg';

/** Any constant; all nodes use the same one. */
const MIGRATION_LOCK = 4_821_773_001;

/** Applies pending migrations; nodes that start together wait for each other. */
export async function migrate(url: string, open: () => Promise<MikroORM>): Promise<void> {
  const lock = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  await lock.connect();
  try {
    await lock.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    const orm = await open();
    try {
      await orm.migrator.up();
    } finally {
      await orm.close(true);
    }
  } finally {
    await lock.end();
  }
}
