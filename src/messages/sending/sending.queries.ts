import type { EntityManager } from '@mikro-orm/postgresql';
import type { MessageFailureCode } from '#contracts';
import { sql } from '../../platform/database/database.js';
import { QUEUED } from '../message-status.rule.js';

/** What a message needs to be sent. */
export interface Waiting {
  id: string;
  workspaceId: string;
  conversationId: string;
  agentId: string | null;
  assigneeId: string | null;
  body: Buffer | null;
  phoneCipher: Buffer | null;
  userCipher: Buffer | null;
  channelId: string | null;
  phoneNumberId: string | null;
  apiBaseUrl: string | null;
  tokenCipher: Buffer | null;
  attempts: number;
  /** Milliseconds since 1970. */
  createdAt: number;
  /** When somebody began to send it; null: nobody does. */
  claimedAt: number | null;
}

/** The oldest message of a conversation that waits, locked. `$1`: conversation. */
const FIRST_SQL = `select id from message where conversation_id = $1 and progress = ${QUEUED}
order by created_at, id limit 1 for no key update`;

const WAITING_SQL = `
select m.id, m.workspace_id as "workspaceId", m.conversation_id as "conversationId", c.assignee_id as "assigneeId",
  case when a.deleted_at is null then a.id end as "agentId", m.body_cipher as body, k.phone_cipher as "phoneCipher",
  k.user_cipher as "userCipher", h.id as "channelId", h.phone_number_id as "phoneNumberId",
  h.api_base_url as "apiBaseUrl", h.token_cipher as "tokenCipher", m.attempts,
  (extract(epoch from m.created_at) * 1000)::float8 as "createdAt",
  (extract(epoch from m.claimed_at) * 1000)::float8 as "claimedAt"
from message m
join conversation c on c.id = m.conversation_id
join contact k on k.id = c.contact_id
left join agent a on a.id = m.agent_id
left join channel h on h.id = m.channel_id
where m.id = $1 and m.progress = ${QUEUED}`;

/** The message of the conversation that is next, locked until the transaction ends; null: none waits. */
export async function nextWaiting(em: EntityManager, conversationId: string): Promise<Waiting | null> {
  const [first] = await sql<{ id: string }>(em, FIRST_SQL, [conversationId]);
  const [waiting] = first ? await sql<Waiting>(em, WAITING_SQL, [first.id]) : [];
  return waiting ?? null;
}

export async function claim(em: EntityManager, id: string, now: Date): Promise<void> {
  await sql(em, 'update message set claimed_at = $2, attempts = attempts + 1 where id = $1', [id, now]);
}

/** It was not taken: somebody will try again. */
export async function release(em: EntityManager, id: string): Promise<void> {
  await sql(em, 'update message set claimed_at = null where id = $1', [id]);
}

/** Brings it forward, if it is not further already. Whether that changed anything. */
export async function advance(
  em: EntityManager,
  id: string,
  { progress, failure = null, whatsappCode = null, wamidIndex = null, at }: Advance,
): Promise<boolean> {
  const rows = await sql<{ id: string }>(
    em,
    `update message set progress = greatest(progress, $2),
       wamid_index = case when erased_at is null then coalesce(wamid_index, $3) end,
       failure = case when progress < $2 then $4 else failure end,
       whatsapp_code = case when progress < $2 then $5 else whatsapp_code end,
       status_at = case when progress < $2 then $6 else status_at end
     where id = $1 and (progress < $2 or ($3::bytea is not null and wamid_index is null)) returning id`,
    [id, progress, wamidIndex, failure, whatsappCode, at],
  );
  return rows.length > 0;
}

export interface Advance {
  progress: number;
  failure?: MessageFailureCode | null;
  whatsappCode?: number | null;
  wamidIndex?: Buffer | null;
  at: Date;
}
