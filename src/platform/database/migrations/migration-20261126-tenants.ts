import { Migration } from '@mikro-orm/migrations';

/**
 * What row-level security (`policies.ts`) would make dear: under a policy, PostgreSQL uses no index whose condition
 * could tell of a row before the policy was asked, and one of two stretches of time overlapping is such a condition.
 */
export class Migration20261126Tenants extends Migration {
  override up(): void {
    this.addSql(assignments);
  }

  override down(): void {
    this.addSql('drop function assignments_within(tstzrange)');
  }
}

const assignments = `
-- Who had which conversation within a time, in the workspace of the transaction and in no other: the function sees all,
-- so the policy's condition stands in it.
create function assignments_within(within tstzrange) returns setof assignment_interval
language sql stable security definer rows 1000 begin atomic
  select i from assignment_interval i
  where i.workspace_id = nullif(current_setting('muster.workspace', true), '')::uuid
    and tstzrange(i.started_at, i.ended_at) && within;
end;
`;
