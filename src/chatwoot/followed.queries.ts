import type { EntityManager } from '@mikro-orm/postgresql';
import type { ConversationStatus } from '#contracts';
import { sql } from '../platform/database/database.js';

/** What Chatwoot last said of a conversation. */
export interface LastSeen {
  status: ConversationStatus;
  userId: number | null;
  /** Whether that user's agent was given it here, too. */
  isGiven: boolean;
  changedAt: number | null;
}

/** Null: nothing was heard of it yet. The conversation must be locked. */
export async function lastSeen(em: EntityManager, conversationId: string): Promise<LastSeen | null> {
  const [seen] = await sql<LastSeen>(
    em,
    `select status, user_number::float8 as "userId", is_given as "isGiven", changed_at as "changedAt"
     from chatwoot_conversation where conversation_id = $1`,
    [conversationId],
  );
  return seen ?? null;
}

export async function remember(
  em: EntityManager,
  { workspaceId, id }: { workspaceId: string; id: string },
  { status, userId, isGiven, changedAt }: LastSeen,
): Promise<void> {
  await sql(
    em,
    `insert into chatwoot_conversation (conversation_id, workspace_id, status, user_number, is_given, changed_at)
     values ($1, $2, $3, $4, $5, $6)
     on conflict (conversation_id) do update set status = excluded.status, user_number = excluded.user_number,
       is_given = excluded.is_given, changed_at = excluded.changed_at`,
    [id, workspaceId, status, userId, isGiven, changedAt],
  );
}

/** The agent behind a user of Chatwoot; null: nobody knows. */
export async function agentOf(em: EntityManager, accountId: string, userId: number): Promise<string | null> {
  const [agent] = await sql<{ id: string }>(
    em,
    `select a.id from chatwoot_user u join agent a on a.id = u.agent_id
     where u.account_id = $1 and u.user_number = $2 and a.deleted_at is null`,
    [accountId, userId],
  );
  return agent?.id ?? null;
}

/** Remembers whose e-mail a user has; null: no agent has it. */
export async function learnUser(
  em: EntityManager,
  account: { id: string; workspaceId: string },
  userId: number,
  email: string,
): Promise<string | null> {
  const [learnt] = await sql<{ id: string }>(
    em,
    `insert into chatwoot_user (account_id, workspace_id, user_number, agent_id)
     select $1, $2, $3, id from agents_with_email(array[$4])
     on conflict (account_id, user_number) do update set agent_id = excluded.agent_id
     returning agent_id as id`,
    [account.id, account.workspaceId, userId, email],
  );
  return learnt?.id ?? null;
}

export async function forgetUser(em: EntityManager, accountId: string, userId: number): Promise<void> {
  await sql(em, 'delete from chatwoot_user where account_id = $1 and user_number = $2', [accountId, userId]);
}
