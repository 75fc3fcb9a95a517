import { Migration } from '@mikro-orm/migrations';

/** Customers who can be listed, named, and erased with what they said. */
export class Migration20261126Contacts extends Migration {
  override up(): void {
    this.addSql(contacts);
    this.addSql(messages);
  }

  override down(): void {
    this.addSql('alter table message drop column erased_at');
    this.addSql(
      'drop index contact_list; alter table contact drop column version, drop column is_named, drop column erased_at',
    );
  }
}

const contacts = `
alter table contact add column version integer not null default 1,
  -- Somebody here named the customer: WhatsApp doesn't rename them.
  add column is_named boolean not null default false,
  add column erased_at timestamptz;
create index contact_list on contact (workspace_id, created_at, id);
`;

const messages = `
-- With the customer: the row stays, because it counts.
alter table message add column erased_at timestamptz;
`;
