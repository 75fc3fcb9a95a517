import type { EntityManager } from '@mikro-orm/postgresql';
import { sql } from '../platform/database/database.js';

/** A customer to be found or made: by the blind index of the number, or of what stands for it. */
export interface ContactInput {
  id: string;
  index: Buffer;
  /** Null when the number is withheld. */
  cipher: Buffer | null;
  name: string | null;
}

/** `$1`: workspace, `$2`: ids, `$3`: indexes, `$4`: ciphers, `$5`: names, `$6`: now, `$7`: whether somebody here says it. */
const UPSERT_SQL = `
insert into contact (id, workspace_id, phone_index, phone_cipher, name, created_at, updated_at)
select id, $1, index, cipher, name, $6, $6
from unnest($2::uuid[], $3::bytea[], $4::bytea[], $5::text[]) as input (id, index, cipher, name)
order by index
on conflict (workspace_id, phone_index) do update
  set name = excluded.name, version = contact.version + 1, updated_at = excluded.updated_at
  where excluded.name is not null and contact.name is distinct from excluded.name and ($7 or not contact.is_named)`;

/** Whether nothing of the customer is left. */
export async function isErased(em: EntityManager, id: string): Promise<boolean> {
  const rows = await sql(em, 'select 1 from contact where id = $1 and erased_at is not null', [id]);
  return rows.length > 0;
}

const FIND_SQL = `
select id, encode(phone_index, 'hex') as index from contact where workspace_id = $1 and phone_index = any($2::bytea[])`;

/**
 * Finds or makes the contacts, in the transaction of `em`; the newest name wins, unless it comes from elsewhere and
 * somebody here named the customer. Inputs must differ in their index. Returns contact ids by the hex of the index.
 */
export async function ensureContacts(
  em: EntityManager,
  workspaceId: string,
  contacts: ContactInput[],
  now: Date,
  from: 'here' | 'elsewhere' = 'here',
): Promise<Map<string, string>> {
  const indexes = contacts.map((contact) => contact.index);
  await sql(em, UPSERT_SQL, [
    workspaceId,
    contacts.map((contact) => contact.id),
    indexes,
    contacts.map((contact) => contact.cipher),
    contacts.map((contact) => contact.name),
    now,
    from === 'here',
  ]);
  const rows = await sql<{ id: string; index: string }>(em, FIND_SQL, [workspaceId, indexes]);
  return new Map(rows.map((row) => [row.index, row.id]));
}
