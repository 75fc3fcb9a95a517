/** A receipt as a checklist. Pure. */
import type { Receipt } from '#client';

export type ReceiptCount = 'sessions' | 'keys' | 'sockets' | 'listsLeft' | 'conversationsReleased';

/** What a receipt counts, in the order in which one asks. */
export const RECEIPT_COUNTS: readonly ReceiptCount[] = [
  'sessions',
  'keys',
  'sockets',
  'listsLeft',
  'conversationsReleased',
];

export interface ReceiptLine {
  key: ReceiptCount;
  count: number;
}

export function linesOf(receipt: Receipt): ReceiptLine[] {
  return RECEIPT_COUNTS.map((key) => ({ key, count: receipt[key] }));
}

/** Milliseconds with as many digits as they deserve. */
export function msOf(ms: number): string {
  return ms < 10 ? ms.toFixed(1) : String(Math.round(ms));
}

/** Whether every node has obeyed, or can't act any more. */
export function isProven(receipt: Receipt): boolean {
  return receipt.enforcement === 'complete' && receipt.nodes.every(({ outcome }) => outcome !== 'unconfirmed');
}
