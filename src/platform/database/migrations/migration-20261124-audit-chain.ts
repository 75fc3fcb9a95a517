import { Migration } from '@mikro-orm/migrations';

/** The audit log as a chain of hashes, in the order of the commits, that nobody edits: see `src/audit/chain.ts`. */
export class Migration20261124AuditChain extends Migration {
  override up(): void {
    for (const part of [chain, numbering, revocations, guards, definers]) this.addSql(part);
  }

  override down(): void {
    throw new Error('Without its chain nobody could tell whether the audit log is whole: restore a backup instead.');
  }
}

const chain = `
-- Both are null until the transaction commits.
alter table audit_entry add column seq bigint, add column hash bytea;
-- Only entries with a place are in these, so that each is entered once.
create unique index audit_entry_seq on audit_entry (workspace_id, seq) where seq is not null;
create index audit_entry_actor on audit_entry (workspace_id, actor_id, seq) where seq is not null;
create index audit_entry_at on audit_entry (workspace_id, at) where seq is not null;
create index audit_entry_unchained on audit_entry (workspace_id, id) where seq is null;
drop index audit_entry_time;

-- Where each chain ends. Its row is what entries of a workspace wait for, one transaction after the other.
create table audit_head (
  workspace_id uuid primary key,
  seq bigint not null,
  hash bytea not null
) with (fillfactor = 50);
`;

const numbering = `
create function audit_link(previous bytea, first bytea, content text) returns bytea language plpgsql immutable as $$
begin
  return sha256(coalesce(previous, first) || convert_to(content, 'UTF8'));
end $$;
-- Over a window: the running hash of the contents so far, beginning with "first".
create aggregate audit_running_hash (first bytea, content text) (sfunc = audit_link, stype = bytea);

-- Gives the entries of this transaction their places and hashes. Others' are committed and have theirs, or can not be
-- seen yet. What is hashed is exactly what src/audit/chain.queries.ts reads. The workspaces' locks are taken in one
-- order by all.
create function chain_audit_entries() returns void language plpgsql as $$
declare
  workspace uuid;
  head audit_head;
begin
  for workspace in select distinct workspace_id from audit_entry where seq is null order by workspace_id loop
    insert into audit_head values (workspace, 0, sha256(convert_to(workspace::text, 'UTF8'))) on conflict do nothing;
    select * into head from audit_head where workspace_id = workspace for update;
    with numbered as (
      select e.*, head.seq + row_number() over (order by e.id) as place
      from audit_entry e where e.workspace_id = workspace and e.seq is null
    ), linked as (
      select id, place, audit_running_hash(head.hash, json_build_array(
        workspace_id, place, id, (extract(epoch from at) * 1000000)::bigint, actor_kind, actor_id, action, target_kind,
        target_id, before::text, after::text, reason, request_id)::text
      ) over (order by place rows unbounded preceding) as hash
      from numbered
    ), chained as (
      update audit_entry e set seq = linked.place, hash = linked.hash from linked where e.id = linked.id
      returning e.seq, e.hash
    )
    update audit_head h set seq = last.seq, hash = last.hash
    from (select seq, hash from chained order by seq desc limit 1) last where h.workspace_id = workspace;
  end loop;
end $$;
select chain_audit_entries();

-- Runs inside COMMIT: no client, however frozen, can sit on the locks. The first entry of a transaction places all.
create function chain_audit_entry() returns trigger language plpgsql as $$
begin
  if exists (select from audit_entry where id = new.id and seq is null) then
    perform chain_audit_entries();
  end if;
  return null;
end $$;
create constraint trigger audit_entry_chained after insert on audit_entry
  deferrable initially deferred for each row execute function chain_audit_entry();
`;

const revocations = `
-- As before, but a transaction that has both takes its chains' locks first, whichever it wrote first.
create or replace function number_revocation() returns trigger language plpgsql as $$
begin
  perform chain_audit_entries();
  perform pg_advisory_xact_lock(hashtextextended('revocation', 0));
  update revocation set seq = nextval('revocation_seq') where id = new.id;
  return null;
end $$;
`;

const guards = `
create function refuse_audit_change() returns trigger language plpgsql as $$
begin
  raise exception 'the audit log is append-only: % of % is refused', lower(tg_op), tg_table_name
    using errcode = 'insufficient_privilege';
end $$;

-- Only from inside the functions above may an entry get its place, once, and a head move on.
create trigger append_only before delete on audit_entry for each row execute function refuse_audit_change();
create trigger append_only_whole before truncate on audit_entry
  for each statement execute function refuse_audit_change();
create trigger append_only_place before insert on audit_entry for each row
  when (new.seq is not null or new.hash is not null) execute function refuse_audit_change();
create trigger append_only_content before update on audit_entry for each row
  when (pg_trigger_depth() = 0 or old.seq is not null
    or (old.id, old.workspace_id, old.at, old.actor_kind, old.actor_id, old.action, old.target_kind, old.target_id,
        old.before, old.after, old.reason, old.request_id)
    is distinct from
       (new.id, new.workspace_id, new.at, new.actor_kind, new.actor_id, new.action, new.target_kind, new.target_id,
        new.before, new.after, new.reason, new.request_id))
  execute function refuse_audit_change();
create trigger append_only before delete on audit_head for each row execute function refuse_audit_change();
create trigger append_only_whole before truncate on audit_head
  for each statement execute function refuse_audit_change();
create trigger append_only_content before update on audit_head for each row
  when (pg_trigger_depth() = 0 or new.seq <= old.seq or new.workspace_id <> old.workspace_id)
  execute function refuse_audit_change();
`;

/** What the application's role may not do itself. No table of the caller's may stand in for ours. */
const definers = `
do $$
declare
  routine regprocedure;
begin
  foreach routine in array array[
    'chain_audit_entries()', 'chain_audit_entry()', 'ensure_interaction_partitions(date, date)'
  ]::regprocedure[] loop
    execute format('alter function %s security definer set search_path = %I, pg_temp', routine, current_schema());
  end loop;
end $$;
`;
