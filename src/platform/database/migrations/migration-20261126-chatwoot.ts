import { Migration } from '@mikro-orm/migrations';

/** Chatwoot accounts whose conversations are followed, and what was last heard of each conversation. */
export class Migration20261126Chatwoot extends Migration {
  override up(): void {
    this.addSql(accounts);
    this.addSql(followed);
  }

  override down(): void {
    this.addSql('drop table chatwoot_conversation, chatwoot_user, chatwoot_account');
  }
}

const accounts = `
create table chatwoot_account (
  id uuid primary key,
  workspace_id uuid not null references workspace,
  name text not null check (length(name) between 1 and 100),
  -- Chatwoot's number of it.
  account_number bigint not null,
  team_id uuid,
  -- The address that Chatwoot calls has a token; this is its SHA-256.
  token_hash bytea not null,
  -- A JSON array of secrets, encrypted; null: deliveries are not signed.
  secrets bytea,
  created_at timestamptz not null,
  unique (workspace_id, id),
  constraint chatwoot_account_number unique (workspace_id, account_number),
  foreign key (workspace_id, team_id) references team (workspace_id, id)
);

create table chatwoot_user (
  account_id uuid not null,
  workspace_id uuid not null,
  user_number bigint not null,
  agent_id uuid not null,
  primary key (account_id, user_number),
  foreign key (workspace_id, account_id) references chatwoot_account (workspace_id, id) on delete cascade,
  foreign key (workspace_id, agent_id) references agent (workspace_id, id)
);
`;

const followed = `
-- What Chatwoot last said of a conversation, so that only what changed there is taken over.
create table chatwoot_conversation (
  conversation_id uuid primary key,
  workspace_id uuid not null,
  status text not null check (status in ('open', 'resolved')),
  -- Chatwoot's number of the user who has it there.
  user_number bigint,
  -- Whether that user's agent was given it here, too.
  is_given boolean not null,
  -- Seconds since 1970, by Chatwoot's clock; null: it never says.
  changed_at double precision,
  foreign key (workspace_id, conversation_id) references conversation (workspace_id, id) on delete cascade
);
`;
