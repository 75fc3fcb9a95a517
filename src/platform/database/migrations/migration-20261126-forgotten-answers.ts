import { Migration } from '@mikro-orm/migrations';

/** A request that runs while somebody is erased may still answer what it read before. */
export class Migration20261126ForgottenAnswers extends Migration {
  override up(): void {
    this.addSql(`
-- The answer is not to be kept: it may show somebody who was erased meanwhile.
alter table idempotency_key add column is_forgotten boolean not null default false`);
  }

  override down(): void {
    this.addSql('alter table idempotency_key drop column is_forgotten');
  }
}
