import { Logger } from '@nestjs/common';
import type { MikroORM } from '@mikro-orm/postgresql';
import pg from 'pg';
import { LOCK_TIMEOUT_MS, patiently } from './patience.js';
import { APPLICATION_ROLE, connectingAs, prepareRoles, ROLES, SYSTEM_ROLE } from './roles.js';

/** Any constant; all nodes use the same one. */
const MIGRATION_LOCK = 4_821_773_001;

const logger = new Logger('Database');

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
    await lock.query(`set lock_timeout = ${LOCK_TIMEOUT_MS}`);
    // A restored database may hide its rows from migrations, which would then find nothing to do.
    await patiently(lock, () => prepareRoles(lock));
    await patiently(lock, () => applyPending(open));
    const advice = (await patiently(lock, () => prepareRoles(lock))) ?? (await adviceOnConnecting(url));
    const as = (role: string) => (advice ? url : connectingAs(role, url));
    return { application: as(APPLICATION_ROLE), system: as(SYSTEM_ROLE), advice };
  } finally {
    await lock.end();
  }
}

/** Says what it does: on a large installation a migration takes its time. */
async function applyPending(open: () => Promise<MikroORM>): Promise<void> {
  const orm = await open();
  const { migrator } = orm;
  let began = 0;
  migrator.on('migrating', ({ name }) => {
    began = performance.now();
    logger.log(`migrating the database: ${name}`);
  });
  migrator.on('migrated', ({ name }) => logger.log(`${name} took ${Math.round(performance.now() - began)} ms`));
  try {
    await migrator.up();
  } finally {
    await orm.close(true);
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
