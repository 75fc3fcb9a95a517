/**
 * How far a message has come. Pure.
 *
 * A status is a number that only grows, so that reports may come late, twice and in any order, and all orders end the
 * same: what proves more wins. That it was sent disproves that nobody knows; that it was delivered disproves that it
 * failed.
 */
import type { MessageFailureCode, MessageStatus } from '#contracts';

export const QUEUED = 0;
/** Nobody knows whether WhatsApp took it. */
export const UNKNOWN = 10;
export const SENT = 20;
export const FAILED = 30;
export const DELIVERED = 40;
export const READ = 50;
/** The customer's own. */
export const RECEIVED = 100;

const STATUSES: Record<number, MessageStatus> = {
  [QUEUED]: 'queued',
  [UNKNOWN]: 'failed',
  [SENT]: 'sent',
  [FAILED]: 'failed',
  [DELIVERED]: 'delivered',
  [READ]: 'read',
  [RECEIVED]: 'received',
};

/** What WhatsApp's reports prove. */
export const PROVES = { sent: SENT, failed: FAILED, delivered: DELIVERED, read: READ } as const;

export function statusOf(progress: number): MessageStatus {
  return STATUSES[progress] ?? 'failed';
}

const DETAILS: Record<MessageFailureCode, string> = {
  window_closed:
    "The customer's last message is older than 24 hours. Send a template message, or wait for the customer.",
  undeliverable: 'WhatsApp can not deliver to this customer. Reach them another way.',
  token_invalid: "WhatsApp does not take the channel's token any more. An administrator gives the channel a new one.",
  channel_unusable:
    'The channel can not send: it has no token, or its address may not be called. Ask an administrator.',
  rate_limited: 'WhatsApp limited how much may be sent. Send it again later.',
  unavailable: 'WhatsApp could not be reached in time. Send it again.',
  rejected: 'WhatsApp does not take this message.',
  outcome_unknown: 'Nobody knows whether the customer got it: the connection was lost. Ask before you repeat it.',
};

/** What a failure means, for people. */
export function detailOf(code: MessageFailureCode): string {
  return DETAILS[code];
}
