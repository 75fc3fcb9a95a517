import pg from 'pg';
import { mayWorkAs, roleAdvice, ROLES } from '../../platform/database/roles.js';
import { schema } from '../../schema.js';
import { failed, type Finding, ok, skipped } from './finding.js';
import type { Subject } from './subject.js';

const OLDEST_VERSION = 15;
const PATIENCE_MS = 5_000;
/** Leases and grace periods are compared with the database's clock. */
const LARGEST_DIFFERENCE_MS = 1_000;

/** The server, what is in the database, and its clock. */
export async function checkPostgres({ databaseUrl, embedded }: Subject): Promise<Finding[]> {
  if (!databaseUrl) {
    const why = embedded ? 'the embedded one does not run' : 'its address is not known';
    return [skipped('PostgreSQL', why)];
  }
  const place = placeOf(databaseUrl);
  const client = new pg.Client({
    connectionString: databaseUrl,
    connectionTimeoutMillis: PATIENCE_MS,
    statement_timeout: PATIENCE_MS,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return [
      await checkVersion(client, place),
      await checkMigrations(client),
      await checkRole(client),
      await checkClock(client),
    ];
  } catch (error) {
    return [unreachable(place, error)];
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function checkVersion(client: pg.Client, place: string): Promise<Finding> {
  const [row] = await query<{ version: string }>(client, "select current_setting('server_version') as version");
  const version = row?.version ?? '';
  const detail = `${version} at ${place}`;
  if (Number.parseInt(version, 10) >= OLDEST_VERSION) return ok('PostgreSQL', detail);
  return failed('PostgreSQL', `${detail} is too old`, `Use PostgreSQL ${OLDEST_VERSION} or newer.`);
}

async function checkMigrations(client: pg.Client): Promise<Finding> {
  const check = 'Migrations';
  const known = schema.migrations.map(({ name }) => name);
  const applied = await appliedMigrations(client);
  if (applied.some((name) => !known.includes(name))) {
    return failed(
      check,
      'the database was used by a newer Muster',
      'Start that version, or restore a backup from before.',
    );
  }
  const pending = known.length - applied.length;
  if (pending === 0) return ok(check, `all ${known.length} applied`);
  if (await mayCreate(client)) return ok(check, `${pending} of ${known.length} pending; the next start applies them`);
  const advice = 'Let the role of DATABASE_URL create tables there: GRANT CREATE ON SCHEMA public TO …';
  return failed(check, `${pending} of ${known.length} pending, and this role may not apply them`, advice);
}

async function appliedMigrations(client: pg.Client): Promise<string[]> {
  const [table] = await query<{ there: boolean }>(
    client,
    `select to_regclass('schema_migration') is not null as there`,
  );
  if (!table?.there) return [];
  const rows = await query<{ name: string }>(client, 'select name from schema_migration');
  return rows.map(({ name }) => name);
}

async function mayCreate(client: pg.Client): Promise<boolean> {
  const [row] = await query<{ may: boolean }>(client, `select has_schema_privilege(current_schema(), 'create') as may`);
  return row?.may ?? false;
}

/** Whether nodes can work without the right to edit the audit log, and without that to see every workspace. */
async function checkRole(client: pg.Client): Promise<Finding> {
  const check = 'Database role';
  const roles = `${ROLES.join(' and ')}, which can not edit the audit log`;
  if (await mayWorkAs(client)) return ok(check, `nodes work as ${roles}`);
  const [row] = await query<{ may: boolean }>(
    client,
    'select rolsuper or rolcreaterole as may from pg_roles where rolname = current_user',
  );
  if (row?.may) return ok(check, `the next start makes ${roles}`);
  const advice = `Let an administrator of the server run this, then start again: ${await roleAdvice(client)}`;
  return failed(
    check,
    'nodes would own the audit log and see all workspaces: this user may not make roles with fewer rights',
    advice,
  );
}

/** Compared with the middle of the question's way there and back. */
async function checkClock(client: pg.Client): Promise<Finding> {
  const before = Date.now();
  const [row] = await query<{ ms: number }>(
    client,
    'select extract(epoch from clock_timestamp())::float8 * 1000 as ms',
  );
  const difference = Math.round((row?.ms ?? 0) - (before + Date.now()) / 2);
  const detail = `this machine and PostgreSQL differ by ${Math.abs(difference)} ms`;
  if (Math.abs(difference) <= LARGEST_DIFFERENCE_MS) return ok('Clock', detail);
  return failed('Clock', detail, 'Set both clocks by NTP: leases and presence compare their times.');
}

async function query<Row extends pg.QueryResultRow>(client: pg.Client, text: string): Promise<Row[]> {
  return (await client.query<Row>(text)).rows;
}

const ADVICE: Record<string, string> = {
  ECONNREFUSED: 'Is it running, and are host and port of DATABASE_URL right?',
  ENOTFOUND: 'The host of DATABASE_URL is unknown here.',
  ENOENT: 'There is no such socket; is it running, and is the path in DATABASE_URL right?',
  '28P01': 'User or password of DATABASE_URL is wrong.',
  '28000': 'The server does not let this user in from here (pg_hba.conf).',
  '3D000': 'The database of DATABASE_URL does not exist; make it with: createdb',
  '53300': 'All its connections are taken; raise max_connections or stop what uses them.',
};

function unreachable(place: string, error: unknown): Finding {
  const { code = 'no answer' } = error as { code?: string };
  const advice = ADVICE[code] ?? 'Is it running, and does the network let this machine through to it?';
  return failed('PostgreSQL', `does not let us in at ${place} (${code})`, advice);
}

/** Where it is, without user and password. */
function placeOf(url: string): string {
  const { hostname, port, pathname, searchParams } = new URL(url);
  return `${hostname || (searchParams.get('host') ?? 'localhost')}:${port || 5432}${pathname}`;
}
