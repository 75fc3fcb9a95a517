import { createHash, randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { Database } from '../../src/platform/database/database.js';
import { schema } from '../../src/schema.js';
import { testServices } from './services.js';

/** The schema's name in the cluster: another schema gets another template. */
const TEMPLATE = `muster_template_${createHash('sha256').update(migrationText()).digest('hex').slice(0, 12)}`;

/** A migrated, empty database of one's own, copied from a template that is made once per cluster. */
export async function createDatabase(): Promise<{ url: string; drop: () => Promise<void> }> {
  const name = `muster_test_${randomUUID().replaceAll('-', '')}`;
  await withMaintenance(async (client) => {
    await client.query('select pg_advisory_lock(7241)');
    await ensureTemplate(client);
    await client.query(`create database ${name} template ${TEMPLATE}`);
  });
  return { url: urlOf(name), drop: () => dropDatabase(name) };
}

/** A database with nothing in it, not even the schema. */
export async function createEmptyDatabase(): Promise<{ url: string; drop: () => Promise<void> }> {
  const name = `muster_test_${randomUUID().replaceAll('-', '')}`;
  await withMaintenance((client) => client.query(`create database ${name}`));
  return { url: urlOf(name), drop: () => dropDatabase(name) };
}

const NOT_PERMITTED = '42501';
const ATTEMPTS = 5;

/**
 * By force, which may not end an autovacuum that is at work in there; a drop without force ends that, and nobody else: one
 * after the other until nobody is left.
 */
async function dropDatabase(name: string): Promise<void> {
  const drop = (how: string) => withMaintenance((client) => client.query(`drop database if exists ${name} ${how}`));
  for (let attempt = 1; ; attempt++) {
    try {
      return void (await drop('with (force)'));
    } catch (error) {
      const isDenied = error instanceof pg.DatabaseError && error.code === NOT_PERMITTED;
      if (!isDenied || attempt === ATTEMPTS) throw error;
    }
    const isGone = await drop('').then(
      () => true,
      () => false,
    );
    if (isGone) return;
  }
}

async function ensureTemplate(client: pg.Client): Promise<void> {
  const known = await client.query('select 1 from pg_database where datname = $1', [TEMPLATE]);
  if (known.rowCount) return;
  const draft = `${TEMPLATE}_draft`;
  await client.query(`drop database if exists ${draft} with (force)`);
  await client.query(`create database ${draft}`);
  const database = await Database.open({ url: urlOf(draft), ...schema });
  await database.close();
  await client.query(`alter database ${draft} rename to ${TEMPLATE}`);
}

async function withMaintenance<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: testServices().databaseUrl });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

function urlOf(name: string): string {
  return testServices().databaseUrl.replace(/\/[^/?]+(\?|$)/, `/${name}$1`);
}

function migrationText(): string {
  const folder = join(import.meta.dirname, '../../src/platform/database/migrations');
  return readdirSync(folder)
    .toSorted()
    .map((file) => readFileSync(join(folder, file), 'utf8'))
    .join('\n');
}
