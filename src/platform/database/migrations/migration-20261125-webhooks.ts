import { Migration } from '@mikro-orm/migrations';

/** Outgoing webhooks: endpoints, and what is on its way to them. */
export class Migration20261125Webhooks extends Migration {
  override up(): void {
    this.addSql(endpoints);
    this.addSql(deliveries);
    this.addSql(emission);
  }

  override down(): void {
    this.addSql(
      `drop trigger webhook_follow on audit_entry; drop function follow_audit_entries; drop function emit_webhooks;
       drop table webhook_delivery, webhook_endpoint; drop function time_ordered_uuid`,
    );
  }
}

const endpoints = `
create table webhook_endpoint (
  id uuid primary key,
  workspace_id uuid not null references workspace,
  url text not null check (length(url) between 1 and 2000),
  description text check (length(description) <= 200),
  events text[] not null check (cardinality(events) > 0),
  enabled boolean not null,
  disabled_because text check (disabled_because in ('by_hand', 'failing', 'gone')),
  -- Encrypted. The one before the current one signs too, until then.
  secret bytea not null,
  previous_secret bytea,
  previous_secret_until timestamptz,
  failing_since timestamptz,
  version integer not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  check (enabled = (disabled_because is null)),
  check ((previous_secret is null) = (previous_secret_until is null))
);
create index webhook_endpoint_workspace on webhook_endpoint (workspace_id);
`;

const deliveries = `
-- RFC 9562, version 7: random, and in the order of time.
create function time_ordered_uuid() returns uuid language sql volatile as $$
  select encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
    placing substring(int8send((extract(epoch from clock_timestamp()) * 1000)::bigint) from 3) from 1 for 6),
    52, 1), 53, 1), 'hex')::uuid
$$;

-- One event for one endpoint. Its data is ids and names of members.
create table webhook_delivery (
  id uuid primary key default time_ordered_uuid(),
  workspace_id uuid not null,
  endpoint_id uuid not null references webhook_endpoint on delete cascade,
  event text not null,
  data jsonb not null,
  occurred_at timestamptz not null,
  status text not null default 'pending' check (status in ('pending', 'delivered', 'failed')),
  attempts integer not null default 0,
  response_status integer,
  failure text,
  -- Null: the outbox has it, or it is over.
  next_attempt_at timestamptz,
  -- Some worker is at it.
  claimed_until timestamptz,
  last_attempt_at timestamptz,
  delivered_at timestamptz
);
create index webhook_delivery_list on webhook_delivery (endpoint_id, occurred_at desc, id);
create index webhook_delivery_due on webhook_delivery (next_attempt_at)
  where status = 'pending' and next_attempt_at is not null;
create index webhook_delivery_pending on webhook_delivery (endpoint_id) where status = 'pending';
create index webhook_delivery_old on webhook_delivery (occurred_at);
`;

const emission = `
-- What happened, for every endpoint that asked for it, in the transaction in which it happened; the outbox carries it
-- from there. The arrays are columns.
create function emit_webhooks(workspaces uuid[], names text[], times timestamptz[], contents jsonb[]) returns void
language sql as $$
  with delivery as (
    insert into webhook_delivery (workspace_id, endpoint_id, event, data, occurred_at)
    select e.workspace_id, e.id, h.name, h.content, h.at
    from unnest(workspaces, names, times, contents) as h (workspace, name, at, content)
    join webhook_endpoint e on e.workspace_id = h.workspace and e.enabled and h.name = any(e.events)
    returning id, workspace_id
  ), carried as (
    insert into outbox (workspace_id, topic, key) select workspace_id, 'webhooks.deliver', id from delivery returning 1
  )
  select pg_notify('muster_outbox', '') from carried limit 1
$$;

-- Whatever is audited can be asked for: no writer can forget to tell.
create function follow_audit_entries() returns trigger language plpgsql as $$
begin
  perform emit_webhooks(
    array_agg(n.workspace_id), array_agg(n.action), array_agg(n.at),
    array_agg(jsonb_build_object(
      'workspaceId', n.workspace_id, 'id', n.target_id,
      'changed', case when n.before is null then '[]'::jsonb
        else (select coalesce(jsonb_agg(key order by key), '[]') from jsonb_object_keys(n.after) as key) end,
      'related', case when n.target_kind = 'conversation' and n.after ? 'assigneeId' then jsonb_build_object(
        'assigneeId', n.after -> 'assigneeId', 'previousAssigneeId', n.before -> 'assigneeId') else '{}' end
    )))
  from entries n
  where exists (
    select from webhook_endpoint e where e.workspace_id = n.workspace_id and e.enabled and n.action = any(e.events)
  )
  having count(*) > 0;
  return null;
end $$;
create trigger webhook_follow after insert on audit_entry
  referencing new table as entries for each statement execute function follow_audit_entries();
`;
