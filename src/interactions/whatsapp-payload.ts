/**
 * What a delivery of Meta's WhatsApp Cloud API tells: which messages went between which customer and which of our
 * numbers, when, and what became of those that were sent. Pure.
 *
 * - A customer's message counts as inbound. Notices (a changed number, an edited or deleted message) do not.
 * - `sent`, `delivered` or `read` counts its message as outbound, once; the id is the message's, not the status's.
 * - Messages sent from the WhatsApp Business app (`smb_message_echoes`) count as outbound.
 * - What can't be understood is skipped with a reason and loses nothing else of the delivery.
 *
 * Since usernames WhatsApp may withhold a customer's number; the customer is then known by a user id only.
 * A message's id (wamid) contains the customer's number: it is as secret as the number.
 */
import type { Direction } from '#contracts';
import { waIdToE164 } from '../privacy/phone.js';
import { isInRange, isInteractionId } from './interaction-input.js';
import { type Content, contentOf } from './whatsapp-content.js';

/** A message that went to or from a customer. */
export interface WhatsAppMessage {
  /** The wamid. */
  id: string;
  /** Meta's id of our number; null: not said. */
  phoneNumberId: string | null;
  direction: Direction;
  /** Milliseconds since 1970. */
  at: number;
  /** E.164; null: withheld. */
  phone: string | null;
  /** WhatsApp's id of the user for our business; null: not said. */
  userId: string | null;
  /** What the customer is called; null: not said. */
  name: string | null;
  /** What it says; null: only told of. */
  content: Content | null;
}

/** What became of a message that was sent. */
export interface WhatsAppReport {
  /** The wamid. */
  id: string;
  phoneNumberId: string | null;
  status: 'sent' | 'delivered' | 'read' | 'failed';
  /** Milliseconds since 1970. */
  at: number;
  /** What the sender had WhatsApp repeat; null: nothing. */
  reference: string | null;
  /** With `failed`: WhatsApp's error number. */
  whatsappCode: number | null;
}

/** Why something of a delivery doesn't count. */
export type Skipped = 'notice' | 'status' | 'field' | 'object' | 'malformed' | 'at_out_of_range';

export interface Delivery {
  messages: WhatsAppMessage[];
  reports: WhatsAppReport[];
  skipped: Skipped[];
}

type Json = Record<string, unknown>;
type Read = WhatsAppMessage | WhatsAppReport | Skipped;

const NOTICES = new Set(['system', 'request_welcome', 'edit', 'revoke']);
const REPORTED: ReadonlySet<unknown> = new Set<WhatsAppReport['status']>(['sent', 'delivered', 'read', 'failed']);
const USER_ID = /^[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}$/;
const MAX_NAME_LENGTH = 100;
const MAX_REFERENCE_LENGTH = 100;

/** Reads a delivery as of `now`; null when it isn't of the form of one. */
export function readDelivery(body: unknown, now: number): Delivery | null {
  if (!isObject(body) || !Array.isArray(body.entry)) return null;
  if (body.object !== 'whatsapp_business_account') return { messages: [], reports: [], skipped: ['object'] };
  const read = body.entry.flatMap((entry) => objects(isObject(entry) ? entry.changes : null)).flatMap(readChange);
  const checked = read.map((one) => (isMessage(one) && !isInRange(one.at, now) ? 'at_out_of_range' : one));
  return {
    messages: checked.filter(isMessage),
    reports: checked.filter(isReport),
    skipped: checked.filter((one): one is Skipped => typeof one === 'string'),
  };
}

function readChange(change: Json): Read[] {
  const { value } = change;
  if (!isObject(value)) return ['malformed'];
  if (change.field === 'messages') {
    return [
      ...list(value.messages).map((message) => readMessage(message, value)),
      ...list(value.statuses).flatMap((status) => readStatus(status, value)),
    ];
  }
  if (change.field === 'smb_message_echoes') return list(value.message_echoes).map((echo) => readEcho(echo, value));
  return ['field'];
}

function readMessage(message: unknown, value: Json): Read {
  if (!isObject(message)) return 'malformed';
  if (isNotice(message)) return 'notice';
  const contact = contactOf(value, message.from, message.from_user_id);
  return finish(message, value, {
    direction: 'inbound',
    waId: message.from ?? contact?.wa_id,
    userId: message.from_user_id ?? contact?.user_id,
    contact,
    content: contentOf(message),
  });
}

function readEcho(echo: unknown, value: Json): Read {
  if (!isObject(echo)) return 'malformed';
  if (isNotice(echo)) return 'notice';
  const contact = contactOf(value, echo.to, echo.to_user_id);
  return finish(echo, value, {
    direction: 'outbound',
    waId: echo.to,
    userId: echo.to_user_id,
    contact,
    content: contentOf(echo),
  });
}

/** Whatever was sent counts; that it failed is only reported. */
function readStatus(status: unknown, value: Json): Read[] {
  if (!isObject(status) || typeof status.status !== 'string') return ['malformed'];
  if (!REPORTED.has(status.status)) return ['status'];
  const report = readReport(status, value);
  if (!report) return ['malformed'];
  return status.status === 'failed' ? [report] : [readSent(status, value), report];
}

function readSent(status: Json, value: Json): Read {
  const inGroup = status.recipient_type === 'group';
  const waId = inGroup ? status.recipient_participant_id : status.recipient_id;
  const contact = contactOf(value, waId, status.recipient_user_id);
  return finish(status, value, {
    direction: 'outbound',
    waId: waId ?? contact?.wa_id,
    userId: status.recipient_user_id ?? contact?.user_id,
    contact,
    content: null,
  });
}

function readReport(report: Json, value: Json): WhatsAppReport | null {
  const { id, status, biz_opaque_callback_data: reference } = report;
  const at = readSeconds(report.timestamp);
  if (!isInteractionId(id) || at === null) return null;
  const code = objects(report.errors)[0]?.code;
  return {
    id,
    phoneNumberId: lineOf(value),
    status: status as WhatsAppReport['status'],
    at,
    reference: typeof reference === 'string' ? reference.slice(0, MAX_REFERENCE_LENGTH) : null,
    whatsappCode: typeof code === 'number' && Number.isInteger(code) && Math.abs(code) < 2 ** 31 ? code : null,
  };
}

interface Parties {
  direction: Direction;
  waId: unknown;
  userId: unknown;
  contact: Json | undefined;
  content: Content | null;
}

function finish(source: Json, value: Json, { direction, waId, userId, contact, content }: Parties): Read {
  const at = readSeconds(source.timestamp);
  const phone = typeof waId === 'string' ? waIdToE164(waId) : null;
  const user = [userId, waId].find((id): id is string => typeof id === 'string' && USER_ID.test(id)) ?? null;
  if (!isInteractionId(source.id) || at === null || (!phone && !user)) return 'malformed';
  const name = nameOf(contact);
  return { id: source.id, phoneNumberId: lineOf(value), direction, at, phone, userId: user, name, content };
}

/** Meta's id of our number. */
function lineOf({ metadata }: Json): string | null {
  return isObject(metadata) && typeof metadata.phone_number_id === 'string' ? metadata.phone_number_id : null;
}

/** The customer's entry in `contacts`: theirs by id, or the only one there is. */
function contactOf(value: Json, waId: unknown, userId: unknown): Json | undefined {
  const contacts = objects(value.contacts);
  const own = contacts.find(
    (contact) => (waId !== undefined && contact.wa_id === waId) || (userId !== undefined && contact.user_id === userId),
  );
  return own ?? (contacts.length === 1 && waId === undefined && userId === undefined ? contacts[0] : undefined);
}

function nameOf(contact: Json | undefined): string | null {
  const profile = contact?.profile;
  if (!isObject(profile)) return null;
  const given = [profile.name, profile.username].find((name): name is string => typeof name === 'string');
  const name = given
    ?.toWellFormed()
    .replaceAll(/\p{Cc}+/gu, ' ')
    .trim();
  return name ? [...name].slice(0, MAX_NAME_LENGTH).join('') : null;
}

/** Seconds since 1970, as text or number, in milliseconds. */
function readSeconds(value: unknown): number | null {
  return /^\d{1,11}$/.test(String(value)) ? Number(value) * 1000 : null;
}

function isNotice(message: Json): boolean {
  return typeof message.type === 'string' && NOTICES.has(message.type);
}

function isMessage(read: Read): read is WhatsAppMessage {
  return typeof read === 'object' && 'direction' in read;
}

function isReport(read: Read): read is WhatsAppReport {
  return typeof read === 'object' && !('direction' in read);
}

/** The elements of an array that may be missing; anything else counts as one thing that is malformed. */
function list(value: unknown): unknown[] {
  return value === undefined ? [] : Array.isArray(value) ? value : [value];
}

function objects(value: unknown): Json[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
