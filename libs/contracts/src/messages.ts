/** What was said in a conversation. */
import type { Direction, Id, Reference, Timestamp } from './views.js';

/** What kind of message it is. Muster keeps what is written in it, and no files. */
export type MessageKind =
  | 'text'
  | 'image'
  | 'video'
  | 'audio'
  | 'sticker'
  | 'document'
  | 'location'
  | 'contacts'
  | 'interactive'
  | 'button'
  | 'reaction'
  | 'order'
  | 'unsupported';

/** How far a message has come. It only goes forward, in whatever order WhatsApp reports. */
export type MessageStatus =
  /** The customer's. */
  | 'received'
  /** Waits to be sent, or is being sent. */
  | 'queued'
  /** WhatsApp took it. */
  | 'sent'
  /** It could not be sent or delivered; `failure` says why. */
  | 'failed'
  /** It is on the customer's phone. */
  | 'delivered'
  /** The customer has opened it. */
  | 'read';

/** Why a message failed. */
export type MessageFailureCode =
  /** The customer's last message is older than 24 hours: only a template message may be sent. */
  | 'window_closed'
  /** WhatsApp can not deliver to this customer: not on WhatsApp, blocked, or an old version. */
  | 'undeliverable'
  /** WhatsApp does not take the channel's token: give the channel a new one. */
  | 'token_invalid'
  /** The channel has no token, or its address may not be called. */
  | 'channel_unusable'
  /** WhatsApp limited how much may be sent, for longer than Muster tries again. */
  | 'rate_limited'
  /** WhatsApp could not be reached, or was out of order, for longer than Muster tries again. */
  | 'unavailable'
  /** WhatsApp does not take this message. */
  | 'rejected'
  /** The connection was lost before WhatsApp answered, and it has not reported the message since. Look before you repeat it. */
  | 'outcome_unknown';

/** Why a message failed, and what to do. */
export interface MessageFailure {
  code: MessageFailureCode;
  /** For people. */
  detail: string;
  /** WhatsApp's error number; null: it said none. */
  whatsappCode: number | null;
}

/** One message of a conversation. Numbers in `text` are masked for a viewer with Hide Phone. */
export interface MessageView {
  /** Muster's id; WhatsApp's own contains the customer's number and is never shown. */
  id: Id;
  conversationId: Id;
  direction: Direction;
  /** The agent who wrote it; null: the customer, or somebody outside Muster. */
  agent: Reference | null;
  kind: MessageKind;
  /** What is written in it, captions too; null: nothing, or erased. */
  text: string | null;
  status: MessageStatus;
  /** With `failed`: why. */
  failure: MessageFailure | null;
  /** When it was written. */
  at: Timestamp;
  /** When it got its status. */
  statusAt: Timestamp;
}

/** A message to the customer. */
export interface CreateMessageRequest {
  /** 1 to 4,096 characters, WhatsApp's limit. */
  text: string;
}
