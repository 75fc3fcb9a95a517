import { Migration } from '@mikro-orm/migrations';

/**
 * Interactions by a keyed hash of their id: WhatsApp's ids of messages contain the customer's number. What is known by
 * its id as it was given waits in a table of its own until a node, which has the key, has hashed it.
 */
export class Migration20261126InteractionIds extends Migration {
  override up(): void {
    this.addSql(keys);
    this.addSql(interactions);
  }

  override down(): void {
    throw new Error('What was hashed can not be read any more: restore a backup instead.');
  }
}

/** Deleted, not truncated: what a policy hid would stay, and not be lost. */
const keys = `
do $$ begin
  lock table interaction_key in exclusive mode;
  if exists (select from interaction_key) then
    create table interaction_key_unhashed as select workspace_id, id, recorded_at from interaction_key;
    alter table interaction_key_unhashed alter column workspace_id set not null;
    delete from interaction_key;
  end if;
end $$;
`;

/** What counts is the row: its id is only asked for among the keys. */
const interactions = `update interaction set id = gen_random_uuid()::text`;
