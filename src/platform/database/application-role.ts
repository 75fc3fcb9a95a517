/**
 * The role with which nodes work: `muster_app`, which has the rights on rows that Muster needs and no others. It can't
 * change or delete what is only added to, and owns nothing, so it can't disable a trigger.
 *
 * Who calls: the start of every node, after the migrations and under their lock, as the user of DATABASE_URL, who owns
 * the schema. Guaranteed: without advice, connections of `asApplication(url)` work and are that role's, with its rights on
 * every table there is. Roles belong to the server and not to the database, so this is no migration: a restored
 * database finds its role again. What must never happen: a right of this role to edit the audit log.
 */
import type pg from 'pg';

export const APPLICATION_ROLE = 'muster_app';

const EVERYTHING = 'select, insert, update, delete';
/** Tables that are only added to, and one that only the functions of the chain write. */
const LESS: Readonly<Record<string, string>> = { audit_entry: 'select, insert', audit_head: 'select' };

/** Makes the role where it is missing, and gives it its rights. Resolves to what to do where this user may not. */
export async function prepareApplicationRole(client: pg.Client): Promise<string | null> {
  if (!(await mayWorkAs(client))) await create(client);
  if (!(await mayWorkAs(client))) return roleAdvice(client);
  await grant(client);
  return null;
}

/** Whether this user may work as the role. */
export async function mayWorkAs(client: pg.Client): Promise<boolean> {
  return attempt(client, `set local role ${APPLICATION_ROLE}`, 'rollback');
}

/** What somebody who may make roles is to run, for the user of this connection. */
export async function roleAdvice(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{ name: string }>('select quote_ident(current_user) as name');
  const user = rows[0]?.name ?? 'the user';
  return `CREATE ROLE ${APPLICATION_ROLE} NOLOGIN; GRANT ${APPLICATION_ROLE} TO ${user};`;
}

/** The address with which connections are the role's; what options it has stay. */
export function asApplication(url: string): string {
  const given = /[?&]options=([^&#]*)/.exec(url)?.[1];
  const options = [given ? decodeURIComponent(given.replaceAll('+', ' ')) : '', `-c role=${APPLICATION_ROLE}`];
  return `${url}${url.includes('?') ? '&' : '?'}options=${encodeURIComponent(options.join(' ').trim())}`;
}

/** Another database of the server may have made it already, or be at it; whether it worked is asked afterwards. */
async function create(client: pg.Client): Promise<void> {
  await attempt(client, `create role ${APPLICATION_ROLE} nologin`);
  await attempt(client, `grant ${APPLICATION_ROLE} to current_user`);
}

async function attempt(client: pg.Client, statement: string, end = 'commit'): Promise<boolean> {
  await client.query('begin');
  try {
    await client.query(statement);
    await client.query(end);
    return true;
  } catch {
    await client.query('rollback');
    return false;
  }
}

interface Missing {
  statement: string;
}

/** Only what is missing: a right that is given again would be a write, in the way of the nodes that run. */
async function grant(client: pg.Client): Promise<void> {
  const { rows } = await client.query<Missing>(MISSING_SQL, [APPLICATION_ROLE, EVERYTHING, JSON.stringify(LESS)]);
  for (const { statement } of rows) await client.query(statement);
}

const MISSING_SQL = `
with own as (
  select c.oid, c.relkind, c.relname, quote_ident(c.relname) as name, coalesce($3::jsonb ->> c.relname, $2) as rights
  from pg_class c where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p', 'S')
    and pg_has_role(c.relowner, 'usage')
), right_of as (
  select own.*, kind, kind = any(string_to_array(rights, ', ')) as due, has_table_privilege($1, oid, kind) as has
  from own, unnest(array['select', 'insert', 'update', 'delete', 'truncate']) as kind where relkind <> 'S'
)
select format('grant usage on schema %I to %I', current_schema(), $1) as statement
where not has_schema_privilege($1, current_schema(), 'usage')
union all
select format('grant %s on %s to %I', string_agg(kind, ', '), name, $1) from right_of where due and not has group by name
union all
select format('revoke %s on %s from %I', string_agg(kind, ', '), name, $1) from right_of where has and not due group by name
union all
select format('grant usage on sequence %s to %I', name, $1) from own
where case when relkind = 'S' then not has_sequence_privilege($1, oid, 'usage') else false end`;
