import { Migration } from '@mikro-orm/migrations';

/** What the timeline and the diagnosis of an agent look up. */
export class Migration20261124Timeline extends Migration {
  override up(): void {
    this.addSql(indexes);
  }

  override down(): void {
    this.addSql('drop index audit_entry_timeline, audit_entry_got, audit_entry_lost, agent_email_deleted');
  }
}

const indexes = `
create index audit_entry_timeline on audit_entry (workspace_id, target_id, at, id);
-- Which conversations an agent got, and which it lost.
create index audit_entry_got on audit_entry (workspace_id, (after->>'assigneeId'), at, id)
  where target_kind = 'conversation';
create index audit_entry_lost on audit_entry (workspace_id, (before->>'assigneeId'), at, id)
  where target_kind = 'conversation';
create index agent_email_deleted on agent (workspace_id, lower(email), deleted_at) where deleted_at is not null;
`;
