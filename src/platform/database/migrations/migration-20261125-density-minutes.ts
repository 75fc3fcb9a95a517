import { Migration } from '@mikro-orm/migrations';

/**
 * Per-minute counts that outlive the interactions, kept exactly.
 *
 * Each interaction carries the id of the transaction that stored it (a default: the statement that stores them doesn't
 * know). So "stored since the last time" is decided by snapshots, not by clocks: what the last snapshot didn't see is
 * added now, in the transaction that moves the snapshot on, and nothing is counted twice or left out, however late it
 * came or however long its transaction took.
 */
export class Migration20261125DensityMinutes extends Migration {
  override up(): void {
    for (const part of [transactions, minutes, partitions]) this.addSql(part);
  }

  override down(): void {
    throw new Error('What the minutes count may not be there any more: restore a backup instead.');
  }
}

const transactions = `
alter table interaction add column xid bigint not null default txid_current();
create index interaction_xid on interaction using brin (xid) with (autosummarize = on);
`;

const minutes = `
-- It was never filled.
drop table density_minute;
-- Interactions of one agent, or of nobody, in one minute, by the team they counted for when they were stored.
create table density_minute (
  workspace_id uuid not null,
  minute timestamptz not null,
  team_id uuid,
  agent_id uuid,
  inbound integer not null,
  outbound integer not null,
  unique nulls not distinct (workspace_id, minute, team_id, agent_id)
) partition by range (minute);
create index density_minute_agent on density_minute (agent_id, minute);
create table density_minute_default partition of density_minute default;

-- Up to where density_minute counts: whatever this snapshot sees, and nothing else.
create table density_watermark (
  singleton boolean primary key default true check (singleton),
  snapshot txid_snapshot not null
);
insert into density_watermark (snapshot) values ('1:1:');
`;

const partitions = `
-- Makes the monthly partitions from "first" to "last" that are missing. Months are UTC.
create function ensure_density_partitions(first date, last date) returns integer language plpgsql as $$
declare
  month date := date_trunc('month', first);
  made integer := 0;
  part text;
  starts text;
  ends text;
begin
  while month <= last loop
    part := 'density_minute_' || to_char(month, 'YYYYMM');
    if to_regclass(part) is null then
      starts := quote_literal(month::text || ' 00:00:00+00');
      ends := quote_literal((month + interval '1 month')::date::text || ' 00:00:00+00');
      lock table density_minute_default in access exclusive mode;
      execute format('create table %I (like density_minute including all) with (fillfactor = 80)', part);
      execute format('with moved as (delete from density_minute_default where minute >= %s and minute < %s returning *)
        insert into %I select * from moved', starts, ends, part);
      execute format('alter table density_minute attach partition %I for values from (%s) to (%s)', part, starts, ends);
      made := made + 1;
    end if;
    month := month + interval '1 month';
  end loop;
  return made;
end $$;

-- Drops the partitions of days or months that ended by "before", with what is in them.
create function drop_partitions_before(parent text, before date) returns integer language plpgsql as $$
declare
  dropped integer := 0;
  part record;
begin
  if parent not in ('interaction', 'density_minute') then
    raise exception '% is not kept in partitions of days or months', parent;
  end if;
  for part in
    select c.relname as name, substring(c.relname from '[0-9]+$') as digits
    from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = parent::regclass and c.relname ~ ('^' || parent || '_[0-9]+$')
  loop
    if before >= (case length(part.digits)
      when 8 then to_date(part.digits, 'YYYYMMDD') + 1
      else (to_date(part.digits, 'YYYYMM') + interval '1 month')::date
    end) then
      execute format('drop table %I', part.name);
      dropped := dropped + 1;
    end if;
  end loop;
  return dropped;
end $$;

-- Nodes work as a role that owns nothing. No table of the caller's may stand in for ours.
do $$
declare
  routine regprocedure;
begin
  foreach routine in array array[
    'ensure_density_partitions(date, date)', 'drop_partitions_before(text, date)'
  ]::regprocedure[] loop
    execute format('alter function %s security definer set search_path = %I, pg_temp', routine, current_schema());
  end loop;
end $$;

-- To find what is too old to be kept.
create index presence_interval_started on presence_interval using brin (started_at);
create index assignment_interval_started on assignment_interval using brin (started_at);
`;
