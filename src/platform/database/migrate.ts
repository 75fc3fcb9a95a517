import type { MikroORM } from '@mikro-orm/postgresql';
import pg from 'pg';
import { APPLICATION_ROLE, connectingAs, prepareRoles, ROLES, SYSTEM_ROLE } from './roles.js';

/** Any constant; all nodes use the same one. */
const MIGRATION_LOCK = 4_821_773_001;

/** The addresses to work with, and what somebody has to do so that they are the roles'; null: they are. */
export interface Prepared {
  /** Of one workspace at a time. */
  application: string;
  /** Across workspaces. */
  system: string;
  advice: string | null;
}

/**
 * Applies pending migrations and prepares the roles with which nodes work; nodes that start together wait for each
 * other.
 */
export async function migrate(url: string, open: () => Promise<MikroORM>): Promise<Prepared> {
  const lock = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  await lock.connect();
  try {
    await lock.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    // A restored database may hide its rows from migrations, which would then find nothing to do.
    await prepareRoles(lock);
    const orm = await open();
    try {
      await orm.migrator.up();
    } finally {
      await orm.close(true);
    }
    const advice = (await prepareRoles(lock)) ?? (await adviceOnConnecting(url));
    const as = (role: string) => (advice ? url : connectingAs(role, url));
    return { application: as(APPLICATION_ROLE), system: as(SYSTEM_ROLE), advice };
  } finally {
    await lock.end();
  }
}

/** A pooler in between may drop the option with which a connection takes its role. */
async function adviceOnConnecting(url: string): Promise<string | null> {
  for (const role of ROLES) {
    const client = new pg.Client({ connectionString: connectingAs(role, url), connectionTimeoutMillis: 10_000 });
    await client.connect();
    const { rows } = await client.query<{ role: string }>('select current_user::text as role');
    await client.end();
    if (rows[0]?.role !== role)
      return `-- the connection option "-c role=${role}" does not arrive: connect past the pooler`;
  }
  return null;
}
