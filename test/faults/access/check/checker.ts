/**
 * The checker: a pure function of the history.
 *
 * Who calls: a run, also in its middle to end early, and unit tests with histories made by hand. Guaranteed: no
 * violation where some order of what overlapped in time explains what was seen; each violation has the moment and
 * the promise it breaks. `coverage` says how much there was to see: a run that saw nothing has proven nothing.
 */
import type { History } from '../history.js';
import { Faults } from './faults.js';
import { checkLiveness } from './liveness.js';
import { checkOperations } from './operations.js';
import { checkReceipts } from './receipts.js';
import { Rights } from './rights.js';
import { checkSends } from './sends.js';
import { checkSockets } from './sockets.js';

export interface Violation {
  promise: 'P1' | 'P2' | 'P3' | 'P4' | 'P5' | 'closing';
  /** One sentence. */
  what: string;
  at: number;
  principal: string | null;
  node: number | null;
  /** Only of how long something took, which on a machine that does other things too proves nothing. */
  isTiming?: boolean;
}

export interface Verdict {
  violations: Violation[];
  /** How often each thing was checked. */
  coverage: Record<string, number>;
}

/** What each part of the checker is given. */
export interface Evidence {
  history: History;
  rights: Rights;
  faults: Faults;
  violate(violation: Violation): void;
  /** Notes that one more thing was checked. */
  count(what: string): void;
}

export function check(history: History): Verdict {
  const violations: Violation[] = [];
  const coverage: Record<string, number> = {};
  const evidence: Evidence = {
    history,
    rights: new Rights(history),
    faults: new Faults(history.faults),
    violate: (violation) => void violations.push(violation),
    count: (what) => void (coverage[what] = (coverage[what] ?? 0) + 1),
  };
  for (const part of [checkOperations, checkSends, checkSockets, checkReceipts, checkLiveness]) part(evidence);
  return { violations: violations.sort((a, b) => a.at - b.at), coverage };
}
