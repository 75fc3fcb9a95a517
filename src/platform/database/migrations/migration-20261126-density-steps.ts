import { Migration } from '@mikro-orm/migrations';

/**
 * A long history is counted hour by hour: `goal` is the snapshot up to which, and of what is dated before
 * `counted_before` density_minute counts up to there already. Both null: nobody is on the way.
 */
export class Migration20261126DensitySteps extends Migration {
  override up(): void {
    this.addSql(`
      alter table density_watermark add column goal txid_snapshot, add column counted_before timestamptz,
        add check ((goal is null) = (counted_before is null))`);
  }

  override down(): void {
    throw new Error('What is counted half would count twice: restore a backup instead.');
  }
}
