/**
 * One customer, known by a number, by WhatsApp's user id, or by both.
 *
 * Who calls: the writer of deliveries, before it finds or makes the customers. Guaranteed: once a message gave both, the
 * number and the user id lead to one contact, whichever was seen first and whatever each had by then. Where they are two
 * contacts, the one with the number stays, and the conversations of the other go over to it; nothing is resolved or
 * unassigned by that, and each such merge is told, to be audited. A user id that was another number's belongs to the one it
 * was said with last, by the time of the messages: what is delivered again says nothing, and what is delivered late is its
 * user's, whosever the number is by now.
 */
import {
  type Merge,
  mergeContacts,
  type Moved,
  type Run,
  touchConversations,
} from '../conversations/contact-merge.queries.js';
import type { Queryable } from './record.queries.js';
import { agreed, isByUser, type SaidRow, userOf } from './said-together.rule.js';
import type { MessageRow } from './whatsapp.queries.js';

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
  /** Whether newer messages said the user id with another number, or the number with another user id. */
  is_late: boolean;
  /** Whether the message was recorded before. */
  is_known: boolean;
}

const KNOWN_SQL = `
select i.n::int as position, u.id as user_contact, '\\x' || encode(u.phone_index, 'hex') as user_contact_index,
  u.phone_cipher is not null as user_has_phone, p.id as phone_contact,
  p.user_index is not distinct from i.user_index as is_linked,
  coalesce(i.at < greatest(
    case when u.phone_cipher is not null and u.id is distinct from p.id then u.user_said_at end,
    case when p.user_index <> i.user_index then p.user_said_at end
  ), false) as is_late,
  exists (select from interaction_key k where k.workspace_id = i.workspace_id and k.id = i.id) as is_known
from rows from (json_to_recordset($1) as (workspace_id uuid, id text, at timestamptz, phone_index bytea, user_index bytea))
  with ordinality as i (workspace_id, id, at, phone_index, user_index, n)
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
  user_cipher = i.user_cipher, user_said_at = i.at, version = c.version + 1, updated_at = $3
from json_to_record($2) as i (phone_index bytea, phone_cipher bytea, user_index bytea, user_cipher bytea, at timestamptz)
where c.id = $1`;

/** `$1`: contact. */
const FORGET_USER_SQL = 'update contact set user_index = null, user_cipher = null, user_said_at = null where id = $1';

/** `$1`: contact, `$2`: row, `$3`: now. */
const GIVE_USER_SQL = `
update contact c set user_index = i.user_index, user_cipher = i.user_cipher, user_said_at = i.at, updated_at = $3
from json_to_record($2) as i (user_index bytea, user_cipher bytea, at timestamptz) where c.id = $1`;

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
  const found = foundBy(rows, known);
  return { rows: found, moved: settled.flatMap(({ moved }) => moved), merges: settled.flatMap(({ merges }) => merges) };
}

/** The rows as their customers are found. */
function foundBy(rows: SaidRow[], known: Known[]): MessageRow[] {
  const found = rows.map((row, index) => (isCurrent(row) ? located(row, known[index]) : row));
  const homes = new Map(found.filter(isCurrent).map((row) => [userOf(row), row]));
  return found.map((row, index) => (row.is_outdated ? relocated(row, known[index], homes.get(userOf(row))) : row));
}

/** By the user id where that is all there is, or tells more than a number of another time. */
function located(row: SaidRow, known: Known | undefined): SaidRow {
  const index = known?.user_contact_index ?? row.user_index;
  if (isByUser(row)) return { ...row, phone_index: index ?? row.phone_index };
  return known?.is_late && index ? { ...row, phone_index: index, phone_cipher: null } : row;
}

/** Said with a number of before: where the user is found now if that is somebody else's, else by the number alone. */
function relocated(row: SaidRow, known: Known | undefined, home: SaidRow | undefined): MessageRow {
  if (!known?.is_late || !home) return { ...row, user_index: null, user_cipher: null };
  const { phone_index, phone_cipher, said_at } = home;
  return { ...row, phone_index, phone_cipher, said_at };
}

/** Whether the row says of a user what is not outdated by another one. */
function isCurrent(row: SaidRow): boolean {
  return row.user_index !== null && !row.is_outdated;
}

/** One row of each pair whose number and user id don't lead to one contact yet. */
async function unsettled(transaction: Queryable, rows: SaidRow[]): Promise<SaidRow[]> {
  const candidates = rows.filter((row) => isCurrent(row) && !isByUser(row));
  if (candidates.length === 0) return [];
  const known = await look(transaction, candidates);
  const needed = candidates.filter((_, index) => needsSettling(known[index]));
  return [...new Map(needed.map((row) => [userOf(row), row])).values()];
}

function needsSettling(known: Known | undefined): boolean {
  if (!known || known.is_known || known.is_late) return false;
  if (known.user_contact === null && known.phone_contact === null) return false;
  return known.user_contact !== known.phone_contact || !known.is_linked;
}

async function settle(transaction: Queryable, now: Date, row: SaidRow): Promise<Settled> {
  const before = (await look(transaction, [row]))[0];
  const ids = [before?.user_contact, before?.phone_contact].filter((id) => typeof id === 'string');
  await transaction.query({ text: LOCK_SQL, values: [ids] });
  const known = (await look(transaction, [row]))[0];
  if (!known || !needsSettling(known)) return NOTHING;
  const input = JSON.stringify({ ...row, at: row.said_at ?? row.at, content: undefined });
  const { user_contact: byUser, phone_contact: byPhone } = known;
  const run: Run = async (text, values) => (await transaction.query<never>({ text, values })).rows;
  if (byUser && !byPhone && !known.user_has_phone) {
    await run(GIVE_NUMBER_SQL, [byUser, input, now]);
    return { moved: await touchConversations(run, now, byUser), merges: [] };
  }
  const isMerged = byUser && byPhone && byUser !== byPhone && !known.user_has_phone;
  const moved = isMerged ? await mergeContacts(run, now, byUser, byPhone) : [];
  if (byUser && byUser !== byPhone && !isMerged) await run(FORGET_USER_SQL, [byUser]);
  if (byPhone) await run(GIVE_USER_SQL, [byPhone, input, now]);
  const merge = { workspaceId: row.workspace_id, gone: byUser ?? '', stays: byPhone ?? '' };
  return { moved, merges: isMerged ? [{ ...merge, conversations: moved.length }] : [] };
}

async function look(transaction: Queryable, rows: SaidRow[]): Promise<Known[]> {
  const input = rows.map(({ workspace_id, id, at, said_at = at, phone_index, user_index }) => {
    return { workspace_id, id, at: said_at, phone_index, user_index };
  });
  const answer = await transaction.query<Known>({
    name: 'whatsapp-identities',
    text: KNOWN_SQL,
    values: [JSON.stringify(input)],
  });
  return answer.rows;
}
