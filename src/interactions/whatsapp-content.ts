/** What is written in a message of the Cloud API, and of what kind it is. Pure; files are not looked at. */
import type { MessageKind } from '#contracts';

export interface Content {
  kind: MessageKind;
  /** Null: nothing is written in it. */
  text: string | null;
}

type Json = Record<string, unknown>;
type Reader = (part: Json) => unknown;

const MAX_LENGTH = 4_096;
const nothing: Reader = () => null;
const caption: Reader = (part) => part.caption;

const READERS: Record<MessageKind, Reader> = {
  text: (part) => part.body,
  image: caption,
  video: caption,
  document: (part) => part.caption ?? part.filename,
  button: (part) => part.text,
  interactive: (part) => titleOf(part.button_reply) ?? titleOf(part.list_reply),
  reaction: (part) => part.emoji,
  order: (part) => part.text,
  location: (part) => part.name ?? part.address,
  audio: nothing,
  sticker: nothing,
  contacts: nothing,
  unsupported: nothing,
};

/** The content of a message. A kind that isn't known is unsupported, and so is a message that says none. */
export function contentOf(message: Json): Content {
  const kind = isKind(message.type) ? message.type : 'unsupported';
  const part = message[kind];
  return { kind, text: isObject(part) ? clean(READERS[kind](part)) : null };
}

function isKind(type: unknown): type is MessageKind {
  return typeof type === 'string' && Object.hasOwn(READERS, type);
}

function titleOf(reply: unknown): unknown {
  return isObject(reply) ? reply.title : undefined;
}

/** As it can be stored and shown: whole characters, no more than a message can have. */
function clean(text: unknown): string | null {
  if (typeof text !== 'string') return null;
  const whole = text.toWellFormed().replaceAll('\0', '');
  return (whole.length > MAX_LENGTH ? [...whole].slice(0, MAX_LENGTH).join('') : whole) || null;
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
