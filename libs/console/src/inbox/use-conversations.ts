/** Conversations and their messages as they are read, and kept current by what is pushed. */
import { type InfiniteData, useInfiniteQuery, useQuery, type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { ConversationView, Id, InboxConnection, MessageView, Page } from '#client';
import { muster } from '../session/session.js';
import { ABOUT_CUSTOMERS, useMe } from '../session/use-me.js';
import { mayBeErased } from './conversation-rights.js';
import { dropDraft } from './drafts.js';
import { type InboxQuery, paramsOf } from './inbox-query.js';
import { type MessageLog, withMessage } from './message-log.js';

const [LISTS, ONE, MESSAGES] = ABOUT_CUSTOMERS;

/** What others do with conversations that one doesn't have isn't pushed: it is looked for this often. */
export const LOOK_EVERY_MS = 5_000;
/** What is pushed in a row is read as one. */
const GATHER_MS = 400;
const PAGE = 50;

export function useConversationList(query: InboxQuery) {
  const { id } = useMe().agent;
  const params = paramsOf(query, id);
  return useInfiniteQuery({
    queryKey: [LISTS, params],
    queryFn: ({ pageParam, signal }) =>
      muster.conversations.list({ ...params, limit: PAGE, ...(pageParam && { cursor: pageParam }) }, { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ page }) => page.next,
    refetchInterval: LOOK_EVERY_MS,
  });
}

export function useConversation(id: Id) {
  const client = useQueryClient();
  return useQuery({
    queryKey: [ONE, id],
    queryFn: async ({ signal }) => {
      const conversation = await muster.conversations.get(id, { signal });
      putInLists(client, conversation);
      return conversation;
    },
    refetchInterval: LOOK_EVERY_MS,
  });
}

/** `isPushed`: each change of the messages is told, and they need not be looked for. */
export function useMessages(id: Id, isPushed: boolean) {
  return useInfiniteQuery({
    queryKey: [MESSAGES, id],
    queryFn: ({ pageParam, signal }) =>
      muster.messages.list(id, { limit: PAGE, ...(pageParam && { cursor: pageParam }) }, { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ page }) => page.next,
    refetchInterval: isPushed ? false : LOOK_EVERY_MS,
  });
}

export function takeConversation(client: QueryClient, told: ConversationView): void {
  client.setQueryData<ConversationView>([ONE, told.id], (held) => (held && held.version > told.version ? held : told));
  putInLists(client, told);
}

/** Shows the conversation in the lists as it is now; whether it still belongs there, the next reading says. */
function putInLists(client: QueryClient, told: ConversationView): void {
  // What was begun for a customer who is erased may say who they were.
  if (mayBeErased(told)) dropDraft(told.id);
  const put = (held: ConversationView) => (held.id === told.id && held.version < told.version ? told : held);
  client.setQueriesData<InfiniteData<Page<ConversationView>>>(
    { queryKey: [LISTS] },
    (lists) => lists && { ...lists, pages: lists.pages.map((page) => ({ ...page, data: page.data.map(put) })) },
  );
}

export function takeMessage(client: QueryClient, told: MessageView): void {
  client.setQueryData<MessageLog>([MESSAGES, told.conversationId], (log) => log && withMessage(log, told));
}

export function refreshLists(client: QueryClient): Promise<void> {
  return client.invalidateQueries({ queryKey: [LISTS] });
}

/** Reads everything anew: something may have been missed, or a customer is not who they were. */
export async function refreshAll(client: QueryClient): Promise<void> {
  await Promise.all(ABOUT_CUSTOMERS.map((kind) => refresh(client, [kind])));
}

/** Reads what is on the screen anew, and keeps nothing of what is not: it may say what is gone for good. */
function refresh(client: QueryClient, queryKey: readonly string[]): Promise<void> {
  client.removeQueries({ queryKey, type: 'inactive' });
  return client.invalidateQueries({ queryKey });
}

/** Takes over what is pushed to one's own inbox. What was missed while the connection was lost is read anew. */
export function useInboxFeed(connection: InboxConnection | null): void {
  const client = useQueryClient();
  useEffect(() => {
    if (!connection) return undefined;
    let gathering: number | undefined;
    const gather = (): void => {
      gathering ??= window.setTimeout(() => {
        gathering = undefined;
        void refreshLists(client);
      }, GATHER_MS);
    };
    const conversation = (told: ConversationView): void => {
      takeConversation(client, told);
      // With a customer who is erased, all conversations are over and empty, of which no message tells.
      if (told.status === 'resolved') void refresh(client, [MESSAGES, told.id]);
      gather();
    };
    const message = (told: MessageView): void => takeMessage(client, told);
    const stop = [
      connection.on('conversation.assigned', conversation),
      connection.on('conversation.unassigned', conversation),
      connection.on('conversation.updated', conversation),
      connection.on('message.created', message),
      connection.on('message.updated', message),
      connection.subscribe(() => {
        if (connection.current.status === 'live') void refreshAll(client);
      }),
    ];
    return () => {
      window.clearTimeout(gathering);
      stop.forEach((end) => end());
    };
  }, [client, connection]);
}
