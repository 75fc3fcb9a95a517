import { Migration } from '@mikro-orm/migrations';

/** Requests that may be repeated, and what they were answered: see `src/platform/http/idempotency-store.ts`. */
export class Migration20261124Idempotency extends Migration {
  override up(): void {
    this.addSql(idempotency);
  }

  override down(): void {
    this.addSql('drop table idempotency_key');
  }
}

const idempotency = `
create table idempotency_key (
  workspace_id uuid not null references workspace,
  agent_id uuid not null,
  -- The path without its query.
  route text not null,
  key text not null,
  -- Of the query and the body: another intent under the same key is refused.
  fingerprint bytea not null,
  -- Whoever answers it now; another one for each attempt, so that an attempt taken for dead can't write any more.
  claim uuid not null,
  node_id text not null,
  boot_id uuid not null,
  claimed_at timestamptz not null,
  -- What the caller could see and do.
  hide_phone boolean not null,
  permissions text[] not null,
  -- Written in the transaction of the effect: committed with it or not at all.
  applied boolean not null default false,
  status integer,
  content_type text,
  etag text,
  -- Encrypted: answers hold customers' numbers, and secrets that are shown once.
  answer bytea,
  primary key (workspace_id, agent_id, route, key)
) with (fillfactor = 70);
create index idempotency_key_claimed on idempotency_key (claimed_at);
`;
