/**
 * What a delivery of Chatwoot tells: how a conversation stands there, and which message was written. Pure.
 *
 * - Events of account webhooks, API inboxes and agent bots; each holds the conversation, at the top or in `conversation`.
 * - A customer's message and an answer of a person count. Private notes, what Chatwoot writes by itself (activities,
 *   templates, campaigns) and what bots write do not.
 * - Chatwoot says the user who has a conversation by number only; with an answer it says the e-mail, too.
 */
import type { ConversationStatus, Direction } from '#contracts';
import { isInRange, parseTime } from '../interactions/interaction-input.js';
import { toE164 } from '../privacy/phone.js';

/** A user of Chatwoot who wrote. */
export interface ChatwootWriter {
  userId: number;
  email: string | null;
}

export interface ChatwootMessage {
  id: number;
  direction: Direction;
  /** Milliseconds since 1970. */
  at: number;
  /** Of an answer. */
  writer: ChatwootWriter | null;
}

export interface ChatwootEvent {
  /** Chatwoot's number of the conversation in its account. */
  conversationId: number;
  status: ConversationStatus;
  /** The user who has it; null: nobody, or a bot. */
  userId: number | null;
  /** When it last changed, in seconds since 1970; null: not said. */
  changedAt: number | null;
  customer: { id: number; name: string | null; phone: string | null };
  /** Null: no message that counts. */
  message: ChatwootMessage | null;
}

/** Why nothing is made of a delivery. */
export type ChatwootSkipped = 'event' | 'account' | 'malformed';

type Json = Record<string, unknown>;

const EVENTS: ReadonlySet<unknown> = new Set([
  'conversation_created',
  'conversation_updated',
  'conversation_status_changed',
  'conversation_opened',
  'conversation_resolved',
  'message_created',
  'message_updated',
]);
const MAX_NAME_LENGTH = 100;
const MAX_EMAIL_LENGTH = 254;

/** Reads a delivery for the account with this number, as of `now`. */
export function readChatwootEvent(body: unknown, accountNumber: number, now: number): ChatwootEvent | ChatwootSkipped {
  if (!isObject(body)) return 'malformed';
  if (!EVENTS.has(body.event)) return 'event';
  const conversation = isObject(body.conversation) ? body.conversation : body;
  const accounts = accountsOf(body, conversation);
  if (accounts.some((account) => account !== accountNumber)) return 'account';
  const state = readState(conversation, body);
  if (!state) return 'malformed';
  const isAboutMessage = String(body.event).startsWith('message_');
  return { ...state, message: isAboutMessage ? readMessage(body, now) : null };
}

function readState(conversation: Json, body: Json): Omit<ChatwootEvent, 'message'> | null {
  const meta = isObject(conversation.meta) ? conversation.meta : {};
  const conversationId = idOf(conversation.id);
  const customer = readCustomer(meta.sender) ?? readCustomer(body.sender) ?? readCustomer(body.contact);
  if (conversationId === null || !customer || typeof conversation.status !== 'string') return null;
  return {
    conversationId,
    status: conversation.status === 'resolved' ? 'resolved' : 'open',
    userId: readAssignee(meta),
    changedAt: secondsOf(conversation.updated_at) ?? secondsOf(conversation.last_activity_at ?? conversation.timestamp),
    customer,
  };
}

/** Whatever says which account it is of; older versions say it only beside the last message. */
function accountsOf(body: Json, conversation: Json): number[] {
  const last = Array.isArray(conversation.messages) ? conversation.messages[0] : undefined;
  const all = [isObject(body.account) ? body.account.id : undefined, isObject(last) ? last.account_id : undefined];
  return all.map(idOf).filter((id) => id !== null);
}

function readCustomer(sender: unknown): ChatwootEvent['customer'] | null {
  if (!isObject(sender) || (sender.type !== undefined && sender.type !== 'contact')) return null;
  const id = idOf(sender.id);
  if (id === null) return null;
  const phone = typeof sender.phone_number === 'string' ? toE164(sender.phone_number) : null;
  return { id, name: readName(sender.name), phone };
}

function readName(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  const name = value
    .toWellFormed()
    .replaceAll(/\p{Cc}+/gu, ' ')
    .trim();
  return name ? [...name].slice(0, MAX_NAME_LENGTH).join('') : null;
}

function readAssignee(meta: Json): number | null {
  const { assignee } = meta;
  const isBot = meta.assignee_type === 'AgentBot' || (isObject(assignee) && assignee.type === 'agent_bot');
  return isObject(assignee) && !isBot ? idOf(assignee.id) : null;
}

function readMessage(body: Json, now: number): ChatwootMessage | null {
  const id = idOf(body.id);
  const at = timeOf(body.created_at);
  if (id === null || at === null || !isInRange(at, now) || body.private === true) return null;
  if (body.message_type === 'incoming' || body.message_type === 0)
    return { id, direction: 'inbound', at, writer: null };
  if (body.message_type !== 'outgoing' && body.message_type !== 1) return null;
  const writer = readWriter(body.sender);
  return writer && { id, direction: 'outbound', at, writer };
}

function readWriter(sender: unknown): ChatwootWriter | null {
  if (!isObject(sender) || (sender.type !== undefined && sender.type !== 'user')) return null;
  const userId = idOf(sender.id);
  const { email } = sender;
  const isUsable = typeof email === 'string' && email.length > 2 && email.length <= MAX_EMAIL_LENGTH;
  return userId === null ? null : { userId, email: isUsable ? email.trim().toLowerCase().toWellFormed() : null };
}

/** A number of Chatwoot's, also as text. */
function idOf(value: unknown): number | null {
  const id = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value;
  return typeof id === 'number' && Number.isSafeInteger(id) && id > 0 ? id : null;
}

/** ISO-8601, as Ruby prints a time, or seconds since 1970; in milliseconds. */
function timeOf(value: unknown): number | null {
  if (typeof value === 'number') return secondsOf(value) === null ? null : Math.round(value * 1_000);
  const text = typeof value === 'string' ? value.replace(/^(\S{10}) (\S+) UTC$/, '$1T$2Z') : value;
  return parseTime(text);
}

function secondsOf(value: unknown): number | null {
  return typeof value === 'number' && value > 0 && value < 1e11 ? value : null;
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
