import { Migration } from '@mikro-orm/migrations';

/**
 * Agents by their e-mails, which row-level security would read a whole workspace for: PostgreSQL asks no index for a
 * `lower(email)` before the policy was asked, as `lower` might tell of a row.
 */
export class Migration20261126EmailLookup extends Migration {
  override up(): void {
    this.addSql(lookup);
  }

  override down(): void {
    this.addSql('drop function agents_with_email(text[])');
  }
}

const lookup = `
-- Who has which of some e-mails, by its place among them, in the workspace of the transaction and in no other: the
-- function sees all, so the policy's condition stands in it.
create function agents_with_email(emails text[]) returns table (at integer, id uuid)
language sql stable security definer rows 1000 begin atomic
  select given.at::integer, found.id
  from unnest(emails) with ordinality as given (email, at)
  cross join lateral (
    select a.id from agent a
    where a.workspace_id = nullif(current_setting('muster.workspace', true), '')::uuid
      and lower(a.email) = lower(given.email) and a.deleted_at is null
    offset 0
  ) found;
end;
`;
