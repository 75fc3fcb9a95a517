/**
 * What an answer of the Cloud API means for the message. Pure; codes after Meta's list of errors.
 *
 * - An error answer says that the message was not taken: it may be sent again where that can help.
 * - What can't help is a failure at once, with a reason that people understand.
 * - No answer says nothing, once the request may have been received.
 */
import type { MessageFailureCode } from '#contracts';
import type { OutgoingAnswer } from '../../platform/http/outgoing/outgoing-http.js';

export type SendOutcome =
  | { kind: 'sent'; wamid: string }
  | { kind: 'failed'; failure: MessageFailureCode; whatsappCode: number | null }
  /** Not taken; try again. `failure` is what it becomes when it never is. */
  | { kind: 'later'; failure: MessageFailureCode; whatsappCode: number | null }
  /** It may have been taken. */
  | { kind: 'unknown' };

/** Throughput of the app, the account, the number; too many to one customer; spam. */
const LIMITS = new Set([4, 80_007, 130_429, 131_048, 131_056, 133_016]);
/** Unknown and temporary errors, overload, maintenance. */
const OUTAGES = new Set([1, 2, 131_000, 131_016, 131_057, 133_004]);
const FAILURES = new Map<number, MessageFailureCode>([
  [0, 'token_invalid'],
  [3, 'token_invalid'],
  [10, 'token_invalid'],
  [190, 'token_invalid'],
  [131_005, 'token_invalid'],
  [131_021, 'undeliverable'],
  [131_026, 'undeliverable'],
  [131_030, 'undeliverable'],
  [131_047, 'window_closed'],
  [131_049, 'undeliverable'],
  [131_062, 'undeliverable'],
]);
const MAX_WAMID_LENGTH = 200;

/** What an answer to `POST /{phone_number_id}/messages` means. */
export function outcomeOf({ status, body }: Pick<OutgoingAnswer, 'status' | 'body'>): SendOutcome {
  const answer = parse(body);
  if (status >= 200 && status < 300) {
    const wamid = wamidOf(answer);
    return wamid ? { kind: 'sent', wamid } : { kind: 'unknown' };
  }
  const code = codeOf(answer);
  if (code !== null && LIMITS.has(code)) return { kind: 'later', failure: 'rate_limited', whatsappCode: code };
  if (status === 429) return { kind: 'later', failure: 'rate_limited', whatsappCode: code };
  if (status >= 500 || (code !== null && OUTAGES.has(code))) {
    return { kind: 'later', failure: 'unavailable', whatsappCode: code };
  }
  return { kind: 'failed', failure: failureOf(code, status), whatsappCode: code };
}

/** What it means that WhatsApp gave up a message that it had taken, or an error of it. */
export function failureOf(code: number | null, status = 400): MessageFailureCode {
  const known = code === null ? undefined : FAILURES.get(code);
  if (known) return known;
  if (code !== null && LIMITS.has(code)) return 'rate_limited';
  if (code !== null && OUTAGES.has(code)) return 'unavailable';
  return status === 401 ? 'token_invalid' : 'rejected';
}

function wamidOf(answer: unknown): string | null {
  const id = member(firstOf(member(answer, 'messages')), 'id');
  return typeof id === 'string' && id.length > 0 && id.length <= MAX_WAMID_LENGTH ? id : null;
}

function codeOf(answer: unknown): number | null {
  const code = member(member(answer, 'error'), 'code');
  return typeof code === 'number' && Number.isInteger(code) && Math.abs(code) < 2 ** 31 ? code : null;
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

function firstOf(value: unknown): unknown {
  return Array.isArray(value) ? value[0] : undefined;
}
