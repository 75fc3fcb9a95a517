import { Migration } from '@mikro-orm/migrations';

/**
 * The first schema. Rules the application also checks are constraints here too: a team for every agent,
 * e-mail unique whatever its case, phone E.164, one workspace throughout a chain of references
 * (every reference carries `workspace_id`, so a row can't point into another tenant).
 */
export class Migration20261123First extends Migration {
  override up(): void {
    for (const part of [tenancy, people, access, presence, conversations, interactions, upkeep]) this.addSql(part);
  }

  override down(): void {
    throw new Error('The first migration has no way back: restore a backup instead.');
  }
}

const tenancy = `
create table workspace (
  id uuid primary key,
  slug text not null unique check (slug ~ '^[a-z0-9](-?[a-z0-9])*$'),
  name text not null,
  is_default boolean not null default false,
  created_at timestamptz not null
);
create unique index workspace_only_default on workspace (is_default) where is_default;

create table team (
  id uuid primary key,
  workspace_id uuid not null references workspace,
  name text not null check (length(name) between 1 and 100),
  description text,
  status text not null check (status in ('active', 'inactive')),
  permissions text[] not null,
  capacity integer not null check (capacity between 0 and 1000),
  blueprint_version integer not null default 1,
  version integer not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  deleted_at timestamptz,
  unique (workspace_id, id)
);
create unique index team_name on team (workspace_id, lower(name)) where deleted_at is null;
`;

const people = `
create table agent (
  id uuid primary key,
  workspace_id uuid not null references workspace,
  team_id uuid not null,
  name text not null check (length(name) between 1 and 100),
  email text not null check (email ~ '^[^@[:space:]]+@[^@[:space:]]+$'),
  phone text not null check (phone ~ '^\\+[1-9][0-9]{6,14}$'),
  password_hash text,
  status text not null check (status in ('active', 'inactive')),
  hide_phone boolean not null default false,
  notes text,
  capacity integer check (capacity between 0 and 1000),
  auth_epoch integer not null default 1,
  version integer not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  deleted_at timestamptz,
  unique (workspace_id, id),
  foreign key (workspace_id, team_id) references team (workspace_id, id)
);
create unique index agent_email on agent (workspace_id, lower(email)) where deleted_at is null;
create index agent_team on agent (team_id, id) where deleted_at is null;
create index agent_list on agent (workspace_id, created_at, id) where deleted_at is null;
create index agent_login on agent (lower(email)) where deleted_at is null;

-- Derived: how far an agent's rooms, lists and read models follow the blueprint. Decisions never read it.
create table agent_sync (
  agent_id uuid primary key,
  workspace_id uuid not null,
  team_id uuid not null,
  synced_version integer not null default 0,
  synced_at timestamptz,
  foreign key (workspace_id, agent_id) references agent (workspace_id, id) on delete cascade
) with (fillfactor = 70);
create index agent_sync_team on agent_sync (team_id, agent_id);
`;

const access = `
create table session (
  id uuid primary key,
  workspace_id uuid not null,
  agent_id uuid not null,
  auth_epoch integer not null,
  refresh_hash bytea not null,
  rotated_at timestamptz not null,
  expires_at timestamptz not null,
  created_at timestamptz not null,
  revoked_at timestamptz,
  revoked_reason text,
  foreign key (workspace_id, agent_id) references agent (workspace_id, id)
);
create index session_agent on session (agent_id) where revoked_at is null;

create table api_key (
  id uuid primary key,
  workspace_id uuid not null,
  agent_id uuid not null,
  name text not null check (length(name) between 1 and 100),
  key_hash bytea not null unique,
  permissions text[] not null,
  auth_epoch integer not null,
  created_at timestamptz not null,
  last_used_at timestamptz,
  revoked_at timestamptz,
  foreign key (workspace_id, agent_id) references agent (workspace_id, id)
);
create index api_key_agent on api_key (agent_id) where revoked_at is null;

-- Single-use tokens with which an agent sets a password.
create table invitation (
  token_hash bytea primary key,
  workspace_id uuid not null,
  agent_id uuid not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  foreign key (workspace_id, agent_id) references agent (workspace_id, id)
);
create index invitation_agent on invitation (agent_id) where used_at is null;

create table audit_entry (
  id uuid primary key,
  workspace_id uuid not null references workspace,
  at timestamptz not null,
  actor_kind text not null check (actor_kind in ('agent', 'api_key', 'system')),
  actor_id uuid,
  action text not null,
  target_kind text not null,
  target_id uuid not null,
  before jsonb,
  after jsonb,
  reason text,
  request_id text
);
create index audit_entry_target on audit_entry (workspace_id, target_id, id);
create index audit_entry_time on audit_entry (workspace_id, id);

-- Who is running: a node holds its lease by renewing it; what an expired one left is cleaned by the others.
create table node_lease (
  node_id text primary key,
  boot_id uuid not null,
  roles text[] not null,
  expires_at timestamptz not null,
  applied_seq bigint not null default 0,
  started_at timestamptz not null
);
`;

const presence = `
create table agent_presence (
  agent_id uuid primary key,
  workspace_id uuid not null,
  availability text not null default 'away' check (availability in ('available', 'busy', 'away')),
  connected boolean not null default false,
  state text not null default 'offline' check (state in ('available', 'busy', 'away', 'offline')),
  since timestamptz not null,
  last_seen_at timestamptz,
  version integer not null default 1,
  foreign key (workspace_id, agent_id) references agent (workspace_id, id) on delete cascade
) with (fillfactor = 70);
create index agent_presence_state on agent_presence (workspace_id, state);

create table presence_connection (
  id uuid primary key,
  workspace_id uuid not null,
  agent_id uuid not null,
  node_id text not null,
  boot_id uuid not null,
  connected_at timestamptz not null,
  lost_at timestamptz
);
create index presence_connection_agent on presence_connection (agent_id);
create index presence_connection_lost on presence_connection (lost_at) where lost_at is not null;
create index presence_connection_node on presence_connection (node_id, boot_id);

-- History: one row per stretch of time in one state; the open one has no end.
create table presence_interval (
  id uuid primary key,
  workspace_id uuid not null,
  agent_id uuid not null,
  state text not null,
  availability text not null,
  connected boolean not null,
  cause text not null,
  started_at timestamptz not null,
  ended_at timestamptz
);
create unique index presence_interval_open on presence_interval (agent_id) where ended_at is null;
create index presence_interval_agent on presence_interval (agent_id, started_at);
`;

const conversations = `
create table channel (
  id uuid primary key,
  workspace_id uuid not null references workspace,
  name text not null check (length(name) between 1 and 100),
  phone_number_id text not null unique,
  team_id uuid,
  token_cipher bytea,
  api_base_url text not null,
  created_at timestamptz not null,
  foreign key (workspace_id, team_id) references team (workspace_id, id)
);

-- A customer. The number is found by a keyed hash and read by decryption; the keys are not in the database.
-- Where WhatsApp withholds the number, the hash is of its user id and there is nothing to decrypt.
create table contact (
  id uuid primary key,
  workspace_id uuid not null references workspace,
  name text,
  phone_index bytea not null,
  phone_cipher bytea,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  unique (workspace_id, phone_index),
  unique (workspace_id, id)
);

create table conversation (
  id uuid primary key,
  workspace_id uuid not null references workspace,
  external_id text check (length(external_id) between 1 and 200),
  origin text not null check (origin in ('api', 'whatsapp')),
  contact_id uuid not null,
  team_id uuid,
  assignee_id uuid,
  status text not null default 'open' check (status in ('open', 'resolved')),
  last_inbound_at timestamptz,
  last_outbound_at timestamptz,
  waiting_since timestamptz,
  assigned_at timestamptz,
  resolved_at timestamptz,
  version integer not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  unique (workspace_id, id),
  foreign key (workspace_id, contact_id) references contact (workspace_id, id),
  foreign key (workspace_id, team_id) references team (workspace_id, id),
  foreign key (workspace_id, assignee_id) references agent (workspace_id, id)
) with (fillfactor = 80);
create unique index conversation_external on conversation (workspace_id, external_id) where external_id is not null;
-- Two deliveries of one customer's first messages must not open two conversations.
create unique index conversation_open_whatsapp on conversation (workspace_id, contact_id)
  where status = 'open' and origin = 'whatsapp';
create index conversation_contact on conversation (contact_id, status);
create index conversation_assignee on conversation (assignee_id) where status = 'open';
create index conversation_list on conversation (workspace_id, created_at, id);
`;

const interactions = `
-- Counts each interaction once: a table partitioned by day can't make (workspace, id) unique, this one can.
-- Rows are written in the statement that writes the interaction and kept longer than late ones are accepted.
create table interaction_key (
  workspace_id uuid not null,
  id text collate "C" not null,
  recorded_at timestamptz not null,
  primary key (workspace_id, id)
) partition by hash (workspace_id, id);
create index interaction_key_recorded on interaction_key using brin (recorded_at);

create table interaction (
  workspace_id uuid not null,
  id text collate "C" not null,
  conversation_id uuid not null,
  agent_id uuid,
  team_id uuid,
  direction text not null check (direction in ('inbound', 'outbound')),
  at timestamptz not null,
  recorded_at timestamptz not null
) partition by range (at);
create index interaction_workspace_at on interaction (workspace_id, at);
create index interaction_agent_at on interaction (agent_id, at);
create index interaction_conversation_at on interaction (conversation_id, at);
create table interaction_default partition of interaction default;

create table density_minute (
  workspace_id uuid not null,
  agent_id uuid not null,
  minute timestamptz not null,
  team_id uuid not null,
  inbound integer not null,
  outbound integer not null,
  primary key (agent_id, minute)
);
create index density_minute_workspace on density_minute (workspace_id, minute);

do $$ begin
  for part in 0..7 loop
    execute format(
      'create table interaction_key_%s partition of interaction_key for values with (modulus 8, remainder %s)', part, part);
  end loop;
end $$;

-- Makes the daily partitions from "first" to "last" that are missing. Days are UTC. What was stored in the
-- default partition meanwhile, because nobody made the day's, moves to where it belongs.
create function ensure_interaction_partitions(first date, last date) returns integer language plpgsql as $$
declare
  day date := first;
  made integer := 0;
  part text;
  starts text;
  ends text;
begin
  while day <= last loop
    part := 'interaction_' || to_char(day, 'YYYYMMDD');
    if to_regclass(part) is null then
      starts := quote_literal(day::text || ' 00:00:00+00');
      ends := quote_literal((day + 1)::text || ' 00:00:00+00');
      lock table interaction_default in access exclusive mode;
      execute format('create table %I (like interaction including all)', part);
      execute format('with moved as (delete from interaction_default where at >= %s and at < %s returning *)
        insert into %I select * from moved', starts, ends, part);
      execute format('alter table interaction attach partition %I for values from (%s) to (%s)', part, starts, ends);
      made := made + 1;
    end if;
    day := day + 1;
  end loop;
  return made;
end $$;
select ensure_interaction_partitions((now() at time zone 'utc')::date - 8, (now() at time zone 'utc')::date + 2);

-- The first stored customer message of a conversation after a time. Volatile, so that it sees what others
-- committed while the statement that calls it waited for the conversation's row.
create function first_inbound_after(conversation uuid, after timestamptz) returns timestamptz
language sql volatile as $$
  select min(at) from interaction where conversation_id = conversation and direction = 'inbound' and at > after
$$;
`;

const upkeep = `
-- Work that must follow a committed change. A row is finished only by its handler's own transaction.
create table outbox (
  id bigint generated always as identity primary key,
  workspace_id uuid not null,
  topic text not null,
  key uuid not null,
  created_at timestamptz not null default clock_timestamp(),
  handed_at timestamptz,
  done_at timestamptz
);
create index outbox_pending on outbox (id) where done_at is null;
create index outbox_key on outbox (topic, key, id) where done_at is null;
`;
