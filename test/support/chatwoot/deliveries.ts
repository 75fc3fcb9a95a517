/**
 * Deliveries in the shapes of released versions of Chatwoot, with people who don't exist.
 *
 * 2.13 (2023): nothing is signed, `changed_attributes` may be null, and only `timestamp` says when. 4.1 (2025): with
 * `last_activity_at`, `waiting_since` and `priority`. 4.13 (2026): account webhooks, API inboxes and agent bots sign;
 * `updated_at` is a fraction of seconds, and `assignee_type` tells a bot from a user.
 */
import { createHmac } from 'node:crypto';

export const VERSIONS = ['2.13', '4.1', '4.13'] as const;
export type ChatwootVersion = (typeof VERSIONS)[number];

export interface User {
  id: number;
  name: string;
  email: string;
}

export interface Conversation {
  id: number;
  status?: 'open' | 'resolved' | 'pending' | 'snoozed';
  customer: { id: number; name: string; phone_number: string | null };
  assignee?: User | null;
  /** When it changed, in milliseconds. */
  changedAt?: number;
  account?: number;
  /** An agent bot has it. */
  bot?: boolean;
}

export interface Message {
  id: number;
  type?: 'incoming' | 'outgoing' | 'template' | 'activity';
  /** Who answered; null: Chatwoot itself. */
  user?: User | null;
  bot?: boolean;
  private?: boolean;
  at?: number;
}

const CONTENT = 'Where is my order?';

/** The conversation as Chatwoot tells of it. */
export function conversationOf(version: ChatwootVersion, conversation: Conversation) {
  const { id, status = 'open', customer, assignee = null, changedAt = Date.now(), account = 1, bot } = conversation;
  const seconds = Math.floor(changedAt / 1_000);
  const pushed = assignee && {
    id: assignee.id,
    name: assignee.name,
    available_name: assignee.name,
    avatar_url: '',
    type: 'user',
    availability_status: 'online',
    thumbnail: '',
  };
  return {
    additional_attributes: {},
    can_reply: true,
    channel: 'Channel::Whatsapp',
    contact_inbox: {
      id: 33,
      contact_id: customer.id,
      inbox_id: 6,
      source_id: customer.phone_number?.slice(1) ?? '239a4135',
      created_at: '2026-01-02T10:00:00.000Z',
      updated_at: '2026-01-02T10:00:00.000Z',
      hmac_verified: false,
      pubsub_token: 'HFMemYMy2qXsDwQjkxRh6Y3v',
    },
    id,
    inbox_id: 6,
    messages: [
      {
        id: 900_000 + id,
        content: CONTENT,
        account_id: account,
        inbox_id: 6,
        conversation_id: id,
        message_type: 0,
        created_at: seconds,
        private: false,
        status: 'sent',
        content_type: 'text',
        conversation: { assignee_id: assignee?.id ?? null, unread_count: 1 },
      },
    ],
    labels: [],
    meta: {
      sender: {
        additional_attributes: {},
        custom_attributes: {},
        email: null,
        identifier: null,
        thumbnail: '',
        type: 'contact',
        ...customer,
      },
      assignee: bot ? { id: 7, name: 'Bot', avatar_url: '', type: 'agent_bot' } : pushed,
      ...(version === '4.13' && { assignee_type: bot ? 'AgentBot' : assignee ? 'User' : null }),
      team: null,
      hmac_verified: false,
    },
    status,
    custom_attributes: {},
    snoozed_until: null,
    unread_count: 1,
    first_reply_created_at: null,
    ...(version !== '2.13' && { priority: null, waiting_since: seconds }),
    agent_last_seen_at: 0,
    contact_last_seen_at: 0,
    ...(version !== '2.13' && { last_activity_at: seconds }),
    timestamp: seconds,
    ...(version !== '2.13' && { created_at: 1_767_348_000 }),
    ...(version === '4.13' && { updated_at: changedAt / 1_000 }),
  };
}

/** An event about a conversation. */
export function conversationEvent(
  version: ChatwootVersion,
  event: string,
  conversation: Conversation,
): Record<string, unknown> {
  const changed = version === '2.13' ? null : [{ updated_at: { previous_value: null, current_value: null } }];
  const isCreated = event === 'conversation_created';
  return { ...conversationOf(version, conversation), event, ...(!isCreated && { changed_attributes: changed }) };
}

/** An event about a message. */
export function messageEvent(
  version: ChatwootVersion,
  message: Message,
  conversation: Conversation,
  event = 'message_created',
): Record<string, unknown> {
  const { type = 'incoming', at = Date.now(), user = null } = message;
  const { customer, account = 1 } = conversation;
  return {
    account: { id: account, name: 'Example' },
    additional_attributes: {},
    content_attributes: {},
    content_type: 'text',
    content: CONTENT,
    conversation: conversationOf(version, conversation),
    created_at: new Date(at).toISOString(),
    id: message.id,
    inbox: { id: 6, name: 'WhatsApp' },
    message_type: type,
    private: message.private ?? false,
    sender: message.bot
      ? { id: 7, name: 'Bot', type: 'agent_bot' }
      : type === 'incoming'
        ? { account: { id: account, name: 'Example' }, avatar: '', email: null, thumbnail: '', ...customer }
        : user && { ...user, type: 'user' },
    source_id: null,
    event,
  };
}

/** The headers of a version that signs. */
export function signed(body: string, secret: string, at = Date.now()): Record<string, string> {
  const timestamp = String(Math.floor(at / 1_000));
  const signature = createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex');
  return { 'x-chatwoot-timestamp': timestamp, 'x-chatwoot-signature': `sha256=${signature}` };
}
