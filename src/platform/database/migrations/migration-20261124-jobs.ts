import { Migration } from '@mikro-orm/migrations';

/** What keeps failing is seen, and how far a team is synced is known without counting its agents. */
export class Migration20261124Jobs extends Migration {
  override up(): void {
    this.addSql(failures);
    this.addSql(counts);
  }

  override down(): void {
    this.addSql(
      `drop trigger agent_gone on agent; drop trigger agent_sync_inserted on agent_sync;
       drop trigger agent_sync_updated on agent_sync; drop trigger agent_sync_deleted on agent_sync;
       drop function forget_agent_sync; drop function count_agent_sync; drop table team_sync;
       drop index outbox_failing, outbox_done;
       alter table outbox drop column failures, drop column failure, drop column failed_at`,
    );
  }
}

const failures = `
-- How often all attempts at a row were in vain, what the last one failed of (never what it says of a row of ours),
-- and since when. Such a row is still handed out again.
alter table outbox add column failures integer not null default 0, add column failure text,
  add column failed_at timestamptz;
create index outbox_failing on outbox (topic) where done_at is null and failed_at is not null;
create index outbox_done on outbox (done_at) where done_at is not null;
`;

const counts = `
-- How many agents of a team are synced to which version: the sum of the rows of both. Every statement that writes
-- agent_sync adds what it changes as rows of its own, so that nobody waits for a counter; the sweeper adds them up.
create table team_sync (
  workspace_id uuid not null,
  team_id uuid not null,
  synced_version integer not null,
  agents integer not null
);
create index team_sync_team on team_sync (team_id);

create function count_agent_sync() returns trigger language plpgsql as $$
begin
  if tg_op in ('UPDATE', 'DELETE') then
    insert into team_sync select workspace_id, team_id, synced_version, -count(*) from old_rows group by 1, 2, 3;
  end if;
  if tg_op in ('INSERT', 'UPDATE') then
    insert into team_sync select workspace_id, team_id, synced_version, count(*) from new_rows group by 1, 2, 3;
  end if;
  return null;
end $$;
create trigger agent_sync_inserted after insert on agent_sync
  referencing new table as new_rows for each statement execute function count_agent_sync();
create trigger agent_sync_updated after update on agent_sync
  referencing old table as old_rows new table as new_rows for each statement execute function count_agent_sync();
create trigger agent_sync_deleted after delete on agent_sync
  referencing old table as old_rows for each statement execute function count_agent_sync();

-- Nothing is derived for whoever is gone.
create function forget_agent_sync() returns trigger language plpgsql as $$
begin
  delete from agent_sync where agent_id = new.id;
  return null;
end $$;
create trigger agent_gone after update of deleted_at on agent for each row
  when (old.deleted_at is null and new.deleted_at is not null) execute function forget_agent_sync();

delete from agent_sync s using agent a where a.id = s.agent_id and a.deleted_at is not null;
truncate team_sync;
insert into team_sync select workspace_id, team_id, synced_version, count(*) from agent_sync group by 1, 2, 3;
`;
