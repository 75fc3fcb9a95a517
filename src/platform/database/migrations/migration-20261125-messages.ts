import { Migration } from '@mikro-orm/migrations';

/** What was said, and what the customers whose numbers WhatsApp withholds are known by. */
export class Migration20261125Messages extends Migration {
  override up(): void {
    this.addSql(contacts);
    this.addSql(messages);
  }

  override down(): void {
    this.addSql('drop table message');
    this.addSql('alter table contact drop column user_index, drop column user_cipher');
  }
}

const contacts = `
-- WhatsApp's id of the customer for our business, found and read like the number. One that is known by it alone has
-- the hash of it for its number's, too.
alter table contact add column user_index bytea, add column user_cipher bytea;
create unique index contact_user on contact (workspace_id, user_index) where user_index is not null;
`;

const messages = `
-- The text is encrypted; WhatsApp's id of the message, which contains the number, is kept only as a keyed hash.
-- "progress" is what the status is made of: it only grows, so reports may come in any order, and again.
create table message (
  id uuid primary key,
  workspace_id uuid not null references workspace,
  conversation_id uuid not null,
  channel_id uuid references channel on delete set null,
  agent_id uuid,
  direction text not null check (direction in ('inbound', 'outbound')),
  kind text not null,
  body_cipher bytea,
  wamid_index bytea,
  progress smallint not null,
  failure text,
  whatsapp_code integer,
  at timestamptz not null,
  status_at timestamptz not null,
  claimed_at timestamptz,
  attempts smallint not null default 0,
  created_at timestamptz not null,
  foreign key (workspace_id, conversation_id) references conversation (workspace_id, id),
  foreign key (workspace_id, agent_id) references agent (workspace_id, id)
) with (fillfactor = 85);
create unique index message_wamid on message (workspace_id, wamid_index) where wamid_index is not null;
create index message_list on message (conversation_id, at desc, id);
-- Waiting to be sent.
create index message_queue on message (conversation_id, created_at, id) where progress = 0;
`;
