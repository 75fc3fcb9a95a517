/**
 * Row-level security, the second line between tenants: what PostgreSQL refuses when a query forgets its workspace.
 *
 * Who calls: `roles.ts`. Guaranteed after `POLICIES_SQL`: each table with `workspace_id`, and `workspace` itself, has
 * forced row-level security, one policy that lets the role of one workspace see and write that workspace's rows, and one
 * that lets the role across workspaces, whose member the owner is, see all. Partitions have none: only what may see
 * everything has rights on them. Must never happen: a policy that asks a table, which would cost every row.
 */

/** The workspace of the transaction. As a subquery it is worked out once, not for every row; null lets nothing through. */
const CURRENT = `(select nullif(current_setting(''muster.workspace'', true), '''')::uuid)`;

const OWN = `
with own as (
  select c.oid, quote_ident(c.relname) as name, c.relrowsecurity, c.relforcerowsecurity, quote_ident(a.attname) as workspace
  from pg_class c join pg_attribute a on a.attrelid = c.oid and not a.attisdropped
    and a.attname = case c.relname when 'workspace' then 'id' else 'workspace_id' end
  where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
    and pg_has_role(c.relowner, 'usage')
)`;

/** Statements that make what is missing. `$1`: role of one workspace, `$2`: role across. */
export const POLICIES_SQL = `${OWN}, policy (name, role, condition) as (
  values ('one_workspace', $1, '%s = ${CURRENT}'), ('all_workspaces', $2, 'true')
)
select format('create policy %I on %s to %I using (%s)', p.name, own.name, p.role, format(p.condition, own.workspace)) as statement
from own, policy p
where not exists (select from pg_policy known where known.polrelid = own.oid and known.polname = p.name)
union all
select format('alter table %s enable row level security, force row level security', name)
from own where not (relrowsecurity and relforcerowsecurity)`;

/** Where nodes work as the owner, nothing can be forced on it: it would see nothing. */
export const WITHOUT_ROLES_SQL = `${OWN}
select format('alter table %s no force row level security', name) as statement from own where relforcerowsecurity`;
