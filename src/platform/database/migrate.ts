import type { MikroORM } from '@mikro-orm/postgresql';
import pg from 'pg';
import { asApplication, prepareApplicationRole } from './application-role.js';

/** Any constant; all nodes use the same one. */
const MIGRATION_LOCK = 4_821_773_001;

export interface Prepared {
  url: string;
  advice: string | null;
}

/**
 * Applies pending migrations and prepares the role with which nodes work; nodes that start together wait for each
 * other. Resolves to the address to work with, and to what to do when it is not that role's.
 */
export async function migrate(url: string, open: () => Promise<MikroORM>): Promise<Prepared> {
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
    const advice = await prepareApplicationRole(lock);
    return { url: advice ? url : asApplication(url), advice };
  } finally {
    await lock.end();
  }
}
