/**
 * Two contacts that turn out to be one customer.
 *
 * Who calls: whoever learns that a customer known by another system's id has a number, in its transaction, with both
 * contacts locked. Guaranteed: nothing is resolved or unassigned by it; a name that somebody here gave outlives one that
 * came from elsewhere. The caller audits the merge, and tells of the conversations after its commit.
 */
import type { AuditRecord } from '../audit/audit.service.js';
import type { ConversationState } from './conversation.events.js';

/** Runs SQL in the caller's transaction. */
export type Run = <Row extends object>(text: string, values: unknown[]) => Promise<Row[]>;

/** Two contacts that were one customer. */
export interface Merge {
  workspaceId: string;
  gone: string;
  stays: string;
  conversations: number;
}

/** A conversation that shows something else now, with its workspace. */
export type Moved = ConversationState & { workspaceId: string };

const STATE = `
  c.workspace_id as "workspaceId", c.id, c.team_id as "teamId", c.assignee_id as "assigneeId", c.status, c.version,
  (extract(epoch from c.waiting_since) * 1000)::float8 as "waitingSince"`;

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
returning ${STATE}`;

/** `$1`: contact, `$2`: now. */
const TOUCH_SQL = `
update conversation c set version = c.version + 1, updated_at = $2 where c.contact_id = $1 and c.status = 'open'
returning ${STATE}`;

/** `$1`: the one that goes, `$2`: the one that stays, `$3`: now. */
const TAKE_NAME_SQL = `
update contact c set name = gone.name, is_named = gone.is_named, version = c.version + 1, updated_at = $3
from contact gone
where gone.id = $1 and c.id = $2 and gone.name is not null and gone.name is distinct from c.name
  and (c.name is null or (gone.is_named and not c.is_named))`;

const DELETE_SQL = 'delete from contact where id = $1';

/** `gone` is one with `stays` from now on. Returns the conversations that went over. */
export async function mergeContacts(run: Run, now: Date, gone: string, stays: string): Promise<Moved[]> {
  const moved = await run<Moved>(MOVE_SQL, [gone, stays, now]);
  await run(TAKE_NAME_SQL, [gone, stays, now]);
  await run(DELETE_SQL, [gone]);
  return moved;
}

/** The contact shows a number from now on: so do its open conversations, which are returned. */
export function touchConversations(run: Run, now: Date, contactId: string): Promise<Moved[]> {
  return run<Moved>(TOUCH_SQL, [contactId, now]);
}

/** By ids alone: whoever reads the log learns that two were one, and not who. */
export function toMergeRecord({ workspaceId, gone, stays, conversations }: Merge): AuditRecord {
  const target = { kind: 'contact' as const, id: stays };
  return { actor: 'system', workspaceId, action: 'contact.merged', target, after: { contactId: gone, conversations } };
}
