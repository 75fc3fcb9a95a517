import { Migration } from '@mikro-orm/migrations';

/** A message that is delivered late says nothing of whose number it is now. */
export class Migration20261126CustomerIdentity extends Migration {
  override up(): void {
    this.addSql(`
-- When the message was written that said the user id with the number.
alter table contact add column user_said_at timestamptz`);
    // Without a time, what was said before it would count as news. The customer is as old as the pair, or older.
    this.addSql(
      `update contact set user_said_at = created_at where user_index is not null and phone_cipher is not null`,
    );
  }

  override down(): void {
    this.addSql('alter table contact drop column user_said_at');
  }
}
