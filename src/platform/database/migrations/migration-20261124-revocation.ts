import { Migration } from '@mikro-orm/migrations';

/** What takes rights away, in the order of the commits, and how each node obeyed: see `src/access/revocation`. */
export class Migration20261124Revocation extends Migration {
  override up(): void {
    this.addSql(revocation);
  }

  override down(): void {
    this.addSql(
      'alter table team drop column release_policy; drop table revocation_ack, revocation; drop sequence revocation_seq; drop function number_revocation',
    );
  }
}

const revocation = `
alter table team add column release_policy text not null default 'unassign'
  check (release_policy in ('unassign', 'reassign'));

create table revocation (
  id uuid primary key,
  -- Null until the transaction commits.
  seq bigint unique,
  workspace_id uuid not null references workspace,
  subject_kind text not null check (subject_kind in ('agent', 'team', 'session', 'api_key')),
  subject_id uuid not null,
  agent_id uuid,
  cause text not null,
  actor_id uuid,
  sessions integer not null,
  keys integer not null,
  conversations_released integer not null,
  lists_left integer not null,
  nodes jsonb,
  elapsed_ms integer,
  enforcement text not null default 'pending' check (enforcement in ('pending', 'complete')),
  created_at timestamptz not null default clock_timestamp()
);
create index revocation_agent on revocation (workspace_id, agent_id, created_at, id);
create index revocation_unsettled on revocation (seq) where enforcement = 'pending';

-- Numbers are given inside COMMIT, one transaction after the other: who has seen a number has seen all before it,
-- and no client, however frozen, can sit on the lock.
create sequence revocation_seq;
create function number_revocation() returns trigger language plpgsql as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('revocation', 0));
  update revocation set seq = nextval('revocation_seq') where id = new.id;
  return null;
end $$;
create constraint trigger revocation_numbered after insert on revocation
  deferrable initially deferred for each row execute function number_revocation();

-- What each node closed. Folded into the receipt, then deleted.
create table revocation_ack (
  seq bigint not null,
  node_id text not null,
  sockets integer not null,
  at timestamptz not null,
  primary key (seq, node_id)
);
`;
