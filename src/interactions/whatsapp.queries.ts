import type { Direction } from '#contracts';
import type { ContentRow } from './delivery.participants.js';
import type { Queryable } from './record.queries.js';

/** A message of WhatsApp to record. Members are named as the statements read them. */
export interface MessageRow {
  workspace_id: string;
  /** The key under which it counts: a wamid contains the number. */
  id: string;
  direction: Direction;
  /** ISO-8601. */
  at: string;
  /** The customer's blind index, `\x` and hex. */
  phone_index: string;
  phone_cipher: string | null;
  /** The blind index of WhatsApp's user id; that of the number, too, where the number is withheld. */
  user_index: string | null;
  user_cipher: string | null;
  /** When the user id was said with the number, where that was in another message. */
  said_at?: string;
  name: string | null;
  /** The id of the contact if it is new. */
  contact_id: string;
  /** The id of the conversation if one has to be opened. */
  conversation_id: string;
  /** The team of a conversation that is opened. */
  team_id: string | null;
  /** What is to be kept of it; null: only that it counts. */
  content: ContentRow | null;
}

/**
 * Finds or makes the customers, and locks them, in the order of their indexes, until the transaction ends. The newest
 * name wins, unless somebody here has named the customer. What is known already makes nobody: a report that is repeated
 * must not bring back who was erased. `$1`: now, `$2`: JSON of `MessageRow[]`.
 */
const CONTACTS_SQL = `
insert into contact
  (id, workspace_id, phone_index, phone_cipher, user_index, user_cipher, user_said_at, name, created_at, updated_at)
select distinct on (i.workspace_id, i.phone_index)
  i.contact_id, i.workspace_id, i.phone_index, i.phone_cipher, i.user_index, i.user_cipher,
  case when i.phone_cipher is not null and i.user_index is not null then coalesce(i.said_at, i.at) end, i.name, $1, $1
from rows from (json_to_recordset($2) as (workspace_id uuid, phone_index bytea, phone_cipher bytea, user_index bytea,
  user_cipher bytea, at timestamptz, said_at timestamptz, name text, contact_id uuid, id text)) with ordinality
  as i (workspace_id, phone_index, phone_cipher, user_index, user_cipher, at, said_at, name, contact_id, id, n)
where not exists (select from interaction_key k where k.workspace_id = i.workspace_id and k.id = i.id)
order by i.workspace_id, i.phone_index, i.name is null, i.n desc
on conflict (workspace_id, phone_index) do update
  set name = excluded.name, version = contact.version + 1, updated_at = excluded.updated_at
  where excluded.name is not null and not contact.is_named and contact.name is distinct from excluded.name`;

/**
 * The messages that are not known yet, by their position from 1, with their customers. Runs after the customers are
 * locked, with a snapshot of its own: what another delivery of the same message recorded meanwhile is known.
 * `$1`: JSON of `MessageRow[]`. Tables are reached through their keys, however many rows there are.
 */
const UNKNOWN_SQL = `
select i.n::int as position, c.id as contact_id
from rows from (json_to_recordset($1) as (workspace_id uuid, id text, phone_index bytea))
  with ordinality as i (workspace_id, id, phone_index, n)
cross join lateral (
  select c.id from contact c where c.workspace_id = i.workspace_id and c.phone_index = i.phone_index offset 0
) c
left join lateral (
  select true as known from interaction_key k where k.workspace_id = i.workspace_id and k.id = i.id offset 0
) k on true
where k.known is null
order by i.n`;

/**
 * The conversations of customers: the newest open one, else a new one. Locks those that were open, in the order of their
 * ids. A customer is missing from the answer where a resolved conversation was reopened at the same time.
 * `$1`: now, `$2`: JSON of messages with `contact_id`.
 */
const CONVERSATIONS_SQL = `
with unknown as materialized (
  select * from json_to_recordset($2) as
    u (position int, workspace_id uuid, contact_id uuid, conversation_id uuid, team_id uuid)
), locked as materialized (
  select id, contact_id from conversation
  where status = 'open' and id = any(array(
    select newest.id from (select distinct contact_id from unknown) u cross join lateral (
      select v.id from conversation v where v.contact_id = u.contact_id and v.status = 'open'
      order by v.created_at desc, v.id desc limit 1
    ) newest
  ))
  order by id for no key update
), opened as (
  insert into conversation (id, workspace_id, origin, contact_id, team_id, created_at, updated_at)
  select distinct on (contact_id) conversation_id, workspace_id, 'whatsapp', contact_id, team_id, $1, $1
  from unknown where contact_id not in (select contact_id from locked) order by contact_id, position
  on conflict do nothing
  returning id, contact_id
)
select contact_id, id from locked union all select contact_id, id from opened`;

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
  if (rows.length === 0) return new Map();
  const input = JSON.stringify(rows.map((row) => ({ ...row, content: undefined })));
  await transaction.query({ name: 'whatsapp-contacts', text: CONTACTS_SQL, values: [now, input] });
  const { rows: unknown } = await transaction.query<{ position: number; contact_id: string }>({
    name: 'whatsapp-unknown',
    text: UNKNOWN_SQL,
    values: [input],
  });
  if (unknown.length === 0) return new Map();
  const messages = unknown.map(({ position, contact_id }) => {
    const { workspace_id, conversation_id, team_id } = rows[position - 1];
    return { position, contact_id, workspace_id, conversation_id, team_id };
  });
  const { rows: found } = await transaction.query<{ contact_id: string; id: string }>({
    name: 'whatsapp-conversations',
    text: CONVERSATIONS_SQL,
    values: [now, JSON.stringify(messages)],
  });
  const conversations = new Map(found.map(({ contact_id, id }) => [contact_id, id]));
  return new Map(
    unknown.map(({ position, contact_id }) => [position - 1, conversations.get(contact_id) ?? tryAgain()]),
  );
}

/** As PostgreSQL says it when transactions that ran together can't all commit. */
function tryAgain(): never {
  throw Object.assign(new Error('a conversation was reopened at the same time'), { code: '40001' });
}

/** Where messages to a number of ours go. */
export interface Destination {
  workspaceId: string;
  /** Null: a number that nobody has connected. */
  channelId: string | null;
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
select phone_number_id as "phoneNumberId", workspace_id as "workspaceId", id as "channelId", team_id as "teamId"
from channel where phone_number_id = any($1)
union all
select null, id, null, null from workspace where is_default`,
    values: [phoneNumberIds],
  });
  return new Map(rows.map(({ phoneNumberId, ...destination }) => [phoneNumberId, destination]));
}
