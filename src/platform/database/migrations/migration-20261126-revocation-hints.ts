import { Migration } from '@mikro-orm/migrations';

/** Who is notified of a revocation learns what it is: a node that has all before it need not ask. */
export class Migration20261126RevocationHints extends Migration {
  override up(): void {
    this.addSql(`
-- As before; the notification is of the transaction, so whoever gets it finds the row committed.
create or replace function number_revocation() returns trigger language plpgsql as $$
declare
  place bigint;
begin
  perform chain_audit_entries();
  perform pg_advisory_xact_lock(hashtextextended('revocation', 0));
  update revocation set seq = nextval('revocation_seq') where id = new.id returning seq into place;
  perform pg_notify('muster_revocation', place || ' ' || new.subject_kind || ' ' || new.subject_id);
  return null;
end $$;
`);
  }

  override down(): void {
    this.addSql(`
create or replace function number_revocation() returns trigger language plpgsql as $$
begin
  perform chain_audit_entries();
  perform pg_advisory_xact_lock(hashtextextended('revocation', 0));
  update revocation set seq = nextval('revocation_seq') where id = new.id;
  return null;
end $$;
`);
  }
}
