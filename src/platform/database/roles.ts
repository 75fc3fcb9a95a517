/**
 * The two roles with which nodes work. Both own nothing, so they can't disable a trigger or a policy, and can't change or
 * delete what is only added to; neither may pass over row-level security.
 *
 * - `muster_app` sees and writes the rows of one workspace: the one its transaction names in `muster.workspace`; without
 *   a name it sees none. What serves a request works as this one.
 * - `muster_system` works across workspaces: what keeps nodes in step, commits many callers' work at once, or has yet to
 *   learn whose a credential is.
 *
 * Who calls: the start of every node, after the migrations and under their lock, as the user of DATABASE_URL, who owns
 * the schema. Guaranteed: without advice, connections of `connectingAs` work and are that role's, with its rights on
 * every table there is, new ones too. Roles belong to the server and not to the database, so this is no migration: a
 * restored database finds its roles and policies again. What must never happen: a right to edit the audit log, or a
 * table with a workspace on its rows and no policy.
 */
import type pg from 'pg';
import { POLICIES_SQL, WITHOUT_ROLES_SQL } from './policies.js';

/** Of one workspace. */
export const APPLICATION_ROLE = 'muster_app';
/** Across workspaces. */
export const SYSTEM_ROLE = 'muster_system';
export const ROLES = [APPLICATION_ROLE, SYSTEM_ROLE];

const EVERYTHING = 'select, insert, update, delete';
/** Tables that are only added to, and one that only the functions of the chain write. */
const LESS: Readonly<Record<string, string>> = { audit_entry: 'select, insert', audit_head: 'select' };

/** Functions that do what the owner may, for the upkeep alone: PostgreSQL would let anybody call them. */
const UPKEEP = ['ensure_interaction_partitions', 'ensure_density_partitions', 'drop_partitions_before'];

/** Makes the roles where they are missing, with their rights and policies. Resolves to what to do where this user may not. */
export async function prepareRoles(client: pg.Client): Promise<string | null> {
  if (!(await mayWorkAs(client))) await create(client);
  if (!(await mayWorkAs(client))) {
    await execute(client, WITHOUT_ROLES_SQL, []);
    return roleAdvice(client);
  }
  await execute(client, MISSING_SQL, [APPLICATION_ROLE, EVERYTHING, JSON.stringify(LESS), false]);
  await execute(client, MISSING_SQL, [SYSTEM_ROLE, EVERYTHING, JSON.stringify(LESS), true]);
  await execute(client, UPKEEP_SQL, [UPKEEP, SYSTEM_ROLE]);
  await execute(client, CALLABLE_SQL, [UPKEEP, ROLES]);
  await execute(client, POLICIES_SQL, [APPLICATION_ROLE, SYSTEM_ROLE]);
  return null;
}

/** Whether this user may work as both, and has what the one across workspaces has: the owner isn't above policies. */
export async function mayWorkAs(client: pg.Client): Promise<boolean> {
  const roles = ROLES.map((role) => `set local role ${role}; reset role`).join('; ');
  const inherits = `select 1 / pg_has_role(current_user, '${SYSTEM_ROLE}', 'usage')::int`;
  return attempt(client, `${roles}; ${inherits}`, 'rollback');
}

/** What somebody who may make roles is to run, for the user of this connection. */
export async function roleAdvice(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{ name: string; missing: string[] }>(
    `select quote_ident(current_user) as name,
       array(select role from unnest($1::text[]) role where to_regrole(role) is null) as missing`,
    [ROLES],
  );
  const [{ name, missing } = { name: 'the user', missing: ROLES }] = rows;
  return [...missing.map((role) => `CREATE ROLE ${role} NOLOGIN;`), `GRANT ${ROLES.join(', ')} TO ${name};`].join(' ');
}

/** The address with which connections are the role's; what options it has stay. */
export function connectingAs(role: string, url: string): string {
  const given = /[?&]options=([^&#]*)/.exec(url)?.[1];
  const options = [given ? decodeURIComponent(given.replaceAll('+', ' ')) : '', `-c role=${role}`];
  return `${url}${url.includes('?') ? '&' : '?'}options=${encodeURIComponent(options.join(' ').trim())}`;
}

/** Another database of the server may have made them already, or be at it; whether it worked is asked afterwards. */
async function create(client: pg.Client): Promise<void> {
  for (const role of ROLES) {
    await attempt(client, `create role ${role} nologin`);
    await attempt(client, `grant ${role} to current_user`);
  }
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

/** Runs the statements that `text` finds. Only what is missing: again, it would be a write in the way of nodes that run. */
async function execute(client: pg.Client, text: string, values: unknown[]): Promise<void> {
  const { rows } = await client.query<{ statement: string }>(text, values);
  for (const { statement } of rows) await client.query(statement);
}

/** `$4`: whether the role may work on a partition itself, past the policy of its table. */
const MISSING_SQL = `
with own as (
  select c.oid, c.relkind, c.relname, quote_ident(c.relname) as name,
    case when c.relispartition and not $4 then '' else coalesce($3::jsonb ->> c.relname, $2) end as rights
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

/** Who may call what the upkeep calls: nobody but the owner and `$2`. `$1`: names. */
const UPKEEP_SQL = `
with own as (
  select p.oid::regprocedure as routine, coalesce(p.proacl, acldefault('f', p.proowner)) as rights, p.proowner as owner
  from pg_proc p where p.pronamespace = current_schema()::regnamespace and p.proname = any($1)
    and pg_has_role(p.proowner, 'usage')
), given as (
  select routine, grantee, coalesce(r.rolname, '') as name
  from own, aclexplode(rights) left join pg_roles r on r.oid = grantee where grantee <> owner
)
select format('revoke execute on function %s from %s', routine, case grantee when 0 then 'public' else quote_ident(name) end)
  as statement from given where name <> $2
union all
select format('grant execute on function %s to %I', routine, $2) from own
where not exists (select from given where given.routine = own.routine and name = $2)`;

/** Where anybody may call nothing, which a server may be set to, both roles may call the rest. `$1`: names, `$2`: roles. */
const CALLABLE_SQL = `
select format('grant execute on function %s to %I', p.oid::regprocedure, role) as statement
from pg_proc p, unnest($2::text[]) role
where p.pronamespace = current_schema()::regnamespace and p.proname <> all($1) and p.prorettype <> 'trigger'::regtype
  and pg_has_role(p.proowner, 'usage') and not has_function_privilege(role, p.oid, 'execute')`;
