/**
 * One customer, known by a number, by WhatsApp's user id, or by both.
 *
 * Who calls: the writer of deliveries, before it finds or makes the customers. Guaranteed: once a message gave both, the
 * number and the user id lead to one contact, whichever was seen first and whatever each had by then. Where they are two
 * contacts, the one with the number stays, and the conversations of the other go over to it; nothing is resolved or
 * unassigned by that, and each such merge is told, to be audited. A user id that was another number's belongs to the newest one.
 */
import type { Recorded } from './interaction.events.js';
import type { Queryable } from './record.queries.js';
import type { MessageRow } from './whatsapp.queries.js';

type Moved = Recorded['conversations'][number];

/** Two contacts that turned out to be one customer. */
export interface Merge {
  workspaceId: string;
  gone: string;
  stays: string;
  conversations: number;
}

interface Settled {
  moved: Moved[];
  merges: Merge[];
}

const NOTHING: Settled = { moved: [], merges: [] };

/** A pair of a number and a user id, or a user id alone, and whom they lead to now. */
interface Known {
  position: number;
  /** By the user id. */
  user_contact: string | null;
  user_contact_index: string | null;
  /** Whether the contact that the user id leads to has a number. */
  user_has_phone: boolean | null;
  /** By the number. */
  phone_contact: string | null;
  is_linked: boolean;
}

const KNOWN_SQL = `
select i.n::int as position, u.id as user_contact, '\\x' || encode(u.phone_index, 'hex') as user_contact_index,
  u.phone_cipher is not null as user_has_phone, p.id as phone_contact,
  p.user_index is not distinct from i.user_index as is_linked
from rows from (json_to_recordset($1) as (workspace_id uuid, phone_index bytea, user_index bytea))
  with ordinality as i (workspace_id, phone_index, user_index, n)
left join lateral (
  select c.* from contact c where c.workspace_id = i.workspace_id and c.user_index = i.user_index
  union all
  select c.* from contact c where c.workspace_id = i.workspace_id and c.phone_index = i.user_index
    and c.user_index is null
  limit 1
) u on true
left join lateral (
  select c.* from contact c where c.workspace_id = i.workspace_id and c.phone_index = i.phone_index offset 0
) p on true
order by i.n`;

/** `$1`: ids. */
const LOCK_SQL = 'select id from contact where id = any($1::uuid[]) order by id for update';

/** The customer who was known by the user id only tells the number. `$1`: contact, `$2`: row, `$3`: now. */
const GIVE_NUMBER_SQL = `
update contact c set phone_index = i.phone_index, phone_cipher = i.phone_cipher, user_index = i.user_index,
  user_cipher = i.user_cipher, updated_at = $3
from json_to_record($2) as i (phone_index bytea, phone_cipher bytea, user_index bytea, user_cipher bytea)
where c.id = $1`;

/** `$1`: contact. */
const FORGET_USER_SQL = 'update contact set user_index = null, user_cipher = null where id = $1';

/** `$1`: contact, `$2`: row, `$3`: now. */
const GIVE_USER_SQL = `
update contact c set user_index = i.user_index, user_cipher = i.user_cipher, updated_at = $3
from json_to_record($2) as i (user_index bytea, user_cipher bytea) where c.id = $1`;

/**
 * The conversations of `$1` go over to `$2`. There may be one open conversation of a customer that messages opened:
 * where both have one, that of `$1` is from now on like one that people opened. `$3`: now.
 */
const MOVE_SQL = `
update conversation c set contact_id = $2, version = c.version + 1, updated_at = $3,
  origin = case when c.status = 'open' and exists (
    select 1 from conversation o where o.contact_id = $2 and o.status = 'open' and o.origin = 'whatsapp'
  ) then 'api' else c.origin end
where c.contact_id = $1
returning c.workspace_id as "workspaceId", c.id, c.team_id as "teamId", c.assignee_id as "assigneeId", c.status, c.version,
  (extract(epoch from c.waiting_since) * 1000)::float8 as "waitingSince"`;

/** `$1`: the one that goes, `$2`: the one that stays. */
const TAKE_NAME_SQL = `
update contact c set name = coalesce(c.name, gone.name) from contact gone where gone.id = $1 and c.id = $2`;

const DELETE_SQL = 'delete from contact where id = $1';

/** The rows with the index under which their customers are found from now on, and the conversations that went over. */
export async function identifyCustomers(
  transaction: Queryable,
  now: Date,
  messages: MessageRow[],
): Promise<{ rows: MessageRow[] } & Settled> {
  const rows = agreed(messages);
  if (!rows.some(({ user_index }) => user_index !== null)) return { rows, ...NOTHING };
  const settled: Settled[] = [];
  for (const row of await unsettled(transaction, rows)) settled.push(await settle(transaction, now, row));
  const known = await look(transaction, rows);
  const found = rows.map((row, index) => {
    const { user_contact_index } = known[index] ?? {};
    return isByUser(row) && user_contact_index ? { ...row, phone_index: user_contact_index } : row;
  });
  return { rows: found, moved: settled.flatMap(({ moved }) => moved), merges: settled.flatMap(({ merges }) => merges) };
}

/** What one delivery says in parts said together: a user id has the number that any of its messages gave, the last. */
function agreed(messages: MessageRow[]): MessageRow[] {
  const numbers = new Map<string, MessageRow>();
  for (const row of messages) if (row.user_index && !isByUser(row)) numbers.set(keyOf(row), row);
  if (numbers.size === 0) return messages;
  return messages.map((row) => {
    const numbered = row.user_index ? numbers.get(keyOf(row)) : undefined;
    if (!numbered) return row;
    if (isByUser(row)) return { ...row, phone_index: numbered.phone_index, phone_cipher: numbered.phone_cipher };
    return row.phone_index === numbered.phone_index ? row : { ...row, user_index: null, user_cipher: null };
  });
}

/** Whether the customer is named by the user id alone. */
function isByUser(row: MessageRow): boolean {
  return row.phone_index === row.user_index;
}

function keyOf(row: MessageRow): string {
  return `${row.workspace_id} ${row.user_index}`;
}

/** One row of each pair whose number and user id don't lead to one contact yet. */
async function unsettled(transaction: Queryable, rows: MessageRow[]): Promise<MessageRow[]> {
  const pairs = new Map(rows.filter((row) => row.user_index && !isByUser(row)).map((row) => [keyOf(row), row]));
  if (pairs.size === 0) return [];
  const candidates = [...pairs.values()];
  const known = await look(transaction, candidates);
  return candidates.filter((_, index) => needsSettling(known[index]));
}

function needsSettling(known: Known | undefined): boolean {
  if (!known || (known.user_contact === null && known.phone_contact === null)) return false;
  return known.user_contact !== known.phone_contact || !known.is_linked;
}

async function settle(transaction: Queryable, now: Date, row: MessageRow): Promise<Settled> {
  const before = (await look(transaction, [row]))[0];
  const ids = [before?.user_contact, before?.phone_contact].filter((id) => typeof id === 'string');
  await transaction.query({ text: LOCK_SQL, values: [ids] });
  const known = (await look(transaction, [row]))[0];
  if (!known || !needsSettling(known)) return NOTHING;
  const input = JSON.stringify({ ...row, content: undefined });
  const { user_contact: byUser, phone_contact: byPhone } = known;
  if (byUser && !byPhone && !known.user_has_phone) {
    await transaction.query({ text: GIVE_NUMBER_SQL, values: [byUser, input, now] });
    return NOTHING;
  }
  const moved = byUser && byPhone && byUser !== byPhone && !known.user_has_phone;
  const changed = moved ? await merge(transaction, now, byUser, byPhone) : [];
  const merged = {
    workspaceId: row.workspace_id,
    gone: byUser ?? '',
    stays: byPhone ?? '',
    conversations: changed.length,
  };
  if (byUser && byUser !== byPhone && !moved) await transaction.query({ text: FORGET_USER_SQL, values: [byUser] });
  if (byPhone) await transaction.query({ text: GIVE_USER_SQL, values: [byPhone, input, now] });
  return { moved: changed, merges: moved ? [merged] : [] };
}

async function merge(transaction: Queryable, now: Date, gone: string, stays: string): Promise<Moved[]> {
  const { rows } = await transaction.query<Moved>({ text: MOVE_SQL, values: [gone, stays, now] });
  await transaction.query({ text: TAKE_NAME_SQL, values: [gone, stays] });
  await transaction.query({ text: DELETE_SQL, values: [gone] });
  return rows;
}

async function look(transaction: Queryable, rows: MessageRow[]): Promise<Known[]> {
  const input = rows.map(({ workspace_id, phone_index, user_index }) => ({ workspace_id, phone_index, user_index }));
  const answer = await transaction.query<Known>({
    name: 'whatsapp-identities',
    text: KNOWN_SQL,
    values: [JSON.stringify(input)],
  });
  return answer.rows;
}
