import { Migration } from '@mikro-orm/migrations';

/** Where sessions are used from, repeated refreshes, tokens that are mailed, and from where agents log in. */
export class Migration20261124Sessions extends Migration {
  override up(): void {
    this.addSql(sessions);
  }

  override down(): void {
    this.addSql(
      'drop table login_origin; alter table invitation drop column id, drop column kind; ' +
        'alter table session drop column previous_hash, drop column client, drop column network',
    );
  }
}

const sessions = `
alter table session
  -- The refresh token before the newest, which may be repeated for a moment: its answer may have been lost.
  add column previous_hash bytea,
  -- Program and network (never a whole address) it was last refreshed from; forgotten soon after it ends.
  add column client text check (length(client) <= 200),
  add column network text check (length(network) <= 50);

-- A token may be mailed: then it follows from the id and a key that is not in the database.
alter table invitation
  add column id uuid not null default gen_random_uuid() unique,
  add column kind text not null default 'invitation' check (kind in ('invitation', 'reset'));

-- From where somebody has logged in, as a keyed hash: a lock that others cause does not hold there.
create table login_origin (
  agent_id uuid not null,
  workspace_id uuid not null,
  origin bytea not null,
  seen_at timestamptz not null,
  primary key (agent_id, origin),
  foreign key (workspace_id, agent_id) references agent (workspace_id, id) on delete cascade
);
create index login_origin_seen on login_origin (seen_at);
`;
