import { Migration } from '@mikro-orm/migrations';

/** A message that is delivered late says nothing of whose number it is now. */
export class Migration20261126CustomerIdentity extends Migration {
  override up(): void {
    this.addSql(`
-- When the message was written that said the user id with the number.
alter table contact add column user_said_at timestamptz`);
  }

  override down(): void {
    this.addSql('alter table contact drop column user_said_at');
  }
}
