/**
 * What follows from a look at a threshold: the same hysteresis on the way up and on the way down. Pure.
 *
 * Guaranteed: an alert is raised once its threshold was crossed for as long as it says in one piece, as far as looks
 * can tell, and cleared once it was not for as long; a threshold holds at most `MOST` subjects, open and on the way.
 */
import type { Reading } from './measure.js';

/** As many subjects of one threshold are watched at once. */
export const MOST = 100;

/** What is known of a subject. */
export interface Tracked {
  subjectId: string;
  /** The open alert. */
  alertId: string | null;
  /** Since when it is otherwise than the alert says, in milliseconds; null: it isn't. */
  since: number | null;
}

/** What has to be written. */
export interface Settlement {
  raise: Reading[];
  /** Alerts that are over. */
  clear: string[];
  /** Subjects that are otherwise from now on. */
  begin: string[];
  /** Subjects that are as their alert says, again or by now. */
  end: string[];
}

export function settle(
  tracked: readonly Tracked[],
  crossed: ReadonlyMap<string, Reading>,
  { forMs, now }: { forMs: number; now: number },
): Settlement {
  const settlement: Settlement = { raise: [], clear: [], begin: [], end: [] };
  const known = new Set(tracked.map(({ subjectId }) => subjectId));
  for (const each of tracked) settleOne(settlement, each, crossed.get(each.subjectId) ?? null, { forMs, now });
  // What has just ended makes room for the next look.
  let room = MOST - known.size;
  for (const [subjectId, reading] of crossed) {
    if (known.has(subjectId)) continue;
    if (room-- <= 0) break;
    settleOne(settlement, { subjectId, alertId: null, since: null }, reading, { forMs, now });
  }
  return settlement;
}

function settleOne(
  settlement: Settlement,
  { subjectId, alertId, since }: Tracked,
  reading: Reading | null,
  { forMs, now }: { forMs: number; now: number },
): void {
  const isOtherwise = (alertId !== null) !== (reading !== null);
  const isDue = isOtherwise && now - (since ?? now) >= forMs;
  if (isDue && reading) settlement.raise.push(reading);
  else if (isDue && alertId) settlement.clear.push(alertId);
  else if (isOtherwise && since === null) settlement.begin.push(subjectId);
  if (since !== null && (isDue || !isOtherwise)) settlement.end.push(subjectId);
}
