import type { Verdict } from './checker.js';

/** What a run must have seen to mean anything. */
const SEEN = [
  'operations that succeeded',
  'operations that were refused or failed',
  'operations that had to succeed',
  'answers sent',
  'frames sent',
  'raw numbers sent',
  'receipts due',
  'sockets that lost their right',
] as const;

/** What there was nothing of. */
export function unseen(coverage: Verdict['coverage']): string[] {
  return SEEN.filter((what) => !coverage[what]);
}
