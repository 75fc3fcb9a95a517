/**
 * An answer while it is written, sent, and perhaps refused. Pure.
 *
 * Guarantees: one attempt at a time; the text of a failed one is in the field again, before what was typed meanwhile.
 * Where it isn't known whether an attempt arrived, the same text goes out under the same key, and so only once.
 */
import { MusterProblem } from '#client';

export interface Attempt {
  readonly text: string;
  /** The idempotency key it is sent under. */
  readonly key: string;
}

export interface Draft {
  /** What is in the field. */
  readonly text: string;
  /** What is under way. */
  readonly sending: Attempt | null;
  /** What may have arrived although no answer came. */
  readonly unsure: Attempt | null;
  /** Why the last attempt failed. */
  readonly error: unknown;
}

export const EMPTY: Draft = { text: '', sending: null, unsure: null, error: null };

/** The field empties and its text is under way; null when there is nothing to send or something is under way. */
export function begun(draft: Draft, newKey: () => string): (Draft & { sending: Attempt }) | null {
  const text = draft.text.trim();
  if (text === '' || draft.sending) return null;
  const sending = draft.unsure?.text === text ? draft.unsure : { text, key: newKey() };
  return { ...draft, text: '', sending, error: null };
}

/** Attempts that were forgotten meanwhile change nothing. */
export function sent(draft: Draft, { key }: Attempt): Draft {
  return draft.sending?.key === key ? { ...EMPTY, text: draft.text } : draft;
}

export function failed(draft: Draft, attempt: Attempt, error: unknown): Draft {
  if (draft.sending?.key !== attempt.key) return draft;
  // It arrived before, and only the answer can't be given again.
  if (error instanceof MusterProblem && error.code === 'idempotency_answer_gone') return sent(draft, attempt);
  const text = draft.text === '' ? attempt.text : `${attempt.text}\n${draft.text}`;
  return { text, sending: null, unsure: isRefused(error) ? null : attempt, error };
}

/** A refusal is given again under the same key, even when what was refused would be taken by now. */
function isRefused(error: unknown): boolean {
  return error instanceof MusterProblem && !error.retryable && error.problem.status < 500;
}
