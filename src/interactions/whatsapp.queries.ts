import type { Direction } from '#contracts';
import type { Queryable } from './record.queries.js';

/** A message of WhatsApp to record. Members are named as the statements read them. */
export interface MessageRow {
  workspace_id: string;
  id: string;
  direction: Direction;
  /** ISO-8601. */
  at: string;
  /** The customer's blind index, `\x` and hex. */
  phone_index: string;
  phone_cipher: string | null;
  name: string | null;
  /** The id of the contact if it is new. */
  contact_id: string;
  /** The id of the conversation if one has to be opened. */
  conversation_id: string;
  /** The team of a conversation that is opened. */
  team_id: string | null;
}

const INPUT = `
rows from (json_to_recordset($2) as
  (workspace_id uuid, id text, phone_index bytea, phone_cipher bytea, name text,
   contact_id uuid, conversation_id uuid, team_id uuid))
  with ordinality as i (workspace_id, id, phone_index, phone_cipher, name, contact_id, conversation_id, team_id, n)
where not exists (select from interaction_key k where k.workspace_id = i.workspace_id and k.id = i.id)`;

/**
 * Finds or makes the customers of messages that are not known yet, and locks them, in the order of their indexes,
 * until the transaction ends. The newest name wins. `$1`: now, `$2`: JSON of `MessageRow[]`.
 */
const CONTACTS_SQL = `
insert into contact (id, workspace_id, phone_index, phone_cipher, name, created_at, updated_at)
select distinct on (i.workspace_id, i.phone_index)
  i.contact_id, i.workspace_id, i.phone_index, i.phone_cipher, i.name, $1, $1
from ${INPUT}
order by i.workspace_id, i.phone_index, i.name is null, i.n desc
on conflict (workspace_id, phone_index) do update set name = excluded.name, updated_at = excluded.updated_at
  where excluded.name is not null and contact.name is distinct from excluded.name`;

/**
 * The conversations of messages that are not known yet: the customer's newest open one, else a new one. Locks them,
 * in the order of their ids. Returns the position of each such message, from 1, with its conversation; without one
 * where a resolved conversation was reopened at the same time. `$1`: now, `$2`: JSON of `MessageRow[]`.
 *
 * Runs after the customers are locked, with a snapshot of its own: a message that another transaction recorded
 * meanwhile is known now, and what it opened is there.
 */
const CONVERSATIONS_SQL = `
with unknown as materialized (
  select i.n, i.workspace_id, i.conversation_id, i.team_id, c.id as contact_id
  from (select i.* from ${INPUT}) i
  join contact c on c.workspace_id = i.workspace_id and c.phone_index = i.phone_index
), locked as materialized (
  select v.id, v.contact_id from conversation v
  where v.status = 'open' and v.id in (
    select (
      select v.id from conversation v where v.contact_id = u.contact_id and v.status = 'open'
      order by v.created_at desc, v.id desc limit 1
    ) from (select distinct contact_id from unknown) u
  )
  order by v.id for no key update
), opened as (
  insert into conversation (id, workspace_id, origin, contact_id, team_id, created_at, updated_at)
  select distinct on (contact_id) conversation_id, workspace_id, 'whatsapp', contact_id, team_id, $1, $1
  from unknown where contact_id not in (select contact_id from locked) order by contact_id, n
  on conflict do nothing
  returning id, contact_id
)
select u.n::int as position, coalesce(l.id, o.id) as conversation_id
from unknown u left join locked l using (contact_id) left join opened o using (contact_id)
order by u.n`;

/**
 * Finds or opens the conversations of messages that are not known yet, in the caller's transaction, and keeps
 * customers and conversations locked until its end. Returns the conversation by the message's position in `rows`;
 * a message without one is known already.
 */
export async function openConversations(
  transaction: Queryable,
  now: Date,
  rows: MessageRow[],
): Promise<Map<number, string>> {
  const values = [now, JSON.stringify(rows)];
  await transaction.query({ name: 'whatsapp-contacts', text: CONTACTS_SQL, values });
  const found = await transaction.query<{ position: number; conversation_id: string | null }>({
    name: 'whatsapp-conversations',
    text: CONVERSATIONS_SQL,
    values,
  });
  return new Map(found.rows.map(({ position, conversation_id }) => [position - 1, conversation_id ?? tryAgain()]));
}

/** As PostgreSQL says it when transactions that ran together can't all commit. */
function tryAgain(): never {
  throw Object.assign(new Error('a conversation was reopened at the same time'), { code: '40001' });
}

/** Where messages to a number of ours go. */
export interface Destination {
  workspaceId: string;
  teamId: string | null;
}

/** The destinations of numbers by Meta's ids, and of all others (`null`). */
export async function findDestinations(
  database: Queryable,
  phoneNumberIds: string[],
): Promise<Map<string | null, Destination>> {
  const { rows } = await database.query<Destination & { phoneNumberId: string | null }>({
    name: 'whatsapp-destinations',
    text: `
select phone_number_id as "phoneNumberId", workspace_id as "workspaceId", team_id as "teamId"
from channel where phone_number_id = any($1)
union all
select null, id, null from workspace where is_default`,
    values: [phoneNumberIds],
  });
  return new Map(rows.map(({ phoneNumberId, ...destination }) => [phoneNumberId, destination]));
}
