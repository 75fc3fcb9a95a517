/** What the caller may do with a conversation now. The server decides; this says what is worth offering. Pure. */
import type { ConversationView, Id, Permission } from '#client';

export interface ConversationRights {
  /** Take it for oneself. */
  take: boolean;
  /** Give it to others, take it from them, hand it to another team. */
  assign: boolean;
  unassign: boolean;
  resolve: boolean;
  reopen: boolean;
  /** Why no answer can be written; null: one can. */
  noReply: 'no_permission' | 'not_yours' | 'resolved' | 'never_written' | 'window_closed' | null;
}

/** Nothing is known of the customer any more, and it is over: erased, unless WhatsApp withholds name and number. */
export function mayBeErased({ contact, status }: Pick<ConversationView, 'contact' | 'status'>): boolean {
  return contact.name === null && contact.phone === null && status === 'resolved';
}

export function rightsOn(
  conversation: Pick<ConversationView, 'status' | 'assignee' | 'windowExpiresAt'>,
  caller: { id: Id; permissions: readonly Permission[] },
  now: number,
): ConversationRights {
  const mayReply = caller.permissions.includes('inbox.reply');
  const mayAssign = caller.permissions.includes('inbox.assign');
  const isOpen = conversation.status === 'open';
  const isOwn = conversation.assignee?.id === caller.id;
  const mayHandle = mayAssign || (mayReply && (isOwn || conversation.assignee === null));
  return {
    take: isOpen && !isOwn && mayReply && (mayAssign || conversation.assignee === null),
    assign: isOpen && mayAssign,
    unassign: isOpen && mayAssign && conversation.assignee !== null,
    resolve: isOpen && mayHandle,
    reopen: !isOpen && mayHandle,
    noReply: noReply(conversation, { mayReply, mayAnswer: isOwn || mayAssign }, now),
  };
}

function noReply(
  { status, windowExpiresAt }: Pick<ConversationView, 'status' | 'windowExpiresAt'>,
  { mayReply, mayAnswer }: { mayReply: boolean; mayAnswer: boolean },
  now: number,
): ConversationRights['noReply'] {
  if (!mayReply) return 'no_permission';
  if (status === 'resolved') return 'resolved';
  if (!mayAnswer) return 'not_yours';
  if (windowExpiresAt === null) return 'never_written';
  return Date.parse(windowExpiresAt) > now ? null : 'window_closed';
}
