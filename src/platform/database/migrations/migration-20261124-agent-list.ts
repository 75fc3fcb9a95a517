import { Migration } from '@mikro-orm/migrations';

/**
 * The agent list at any size: pages in the order of names, and searches within names and e-mails. Searching needs
 * `pg_trgm`, which the owner of a database may create since PostgreSQL 13, where it is installed; without it searches
 * read all agents of the workspace, and everything else is the same.
 */
export class Migration20261124AgentList extends Migration {
  override up(): void {
    this.addSql(order);
    this.addSql(search);
  }

  override down(): void {
    this.addSql('drop index if exists agent_search; drop index agent_name');
  }
}

const order = `create index agent_name on agent (workspace_id, lower(name), id) where deleted_at is null`;

const search = `
do $$
begin
  create extension if not exists pg_trgm;
  create index agent_search on agent using gin (name gin_trgm_ops, email gin_trgm_ops) where deleted_at is null;
exception
  when insufficient_privilege or undefined_file or feature_not_supported or undefined_object then
    raise notice 'without pg_trgm, searching agents reads all of them: %', sqlerrm;
end $$`;
