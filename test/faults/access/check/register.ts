/**
 * One register of the truth and what it may have held at a time, seen from outside.
 *
 * Guaranteed: a value that some node may rightly have acted on at `t` is among `at(t)`. A new value counts from the
 * moment its write was invoked; an old one until the reply of a write that replaced it. An unanswered write may
 * happen at any time until the next answered one, which is made on the condition that nothing happened in between
 * (If-Match); what the unanswered one replaced may be acted on for as long as a lease holds.
 */
import type { Change, Value } from '../history.js';

/** A lease and a second: a change that nobody waited for is enforced everywhere after this. */
export const UNCONFIRMED_MS = 4_000;

export class Register {
  private readonly changes: Change[] = [];

  add(change: Change): void {
    this.changes.push(change);
  }

  /** Every value it may have held at `t`. */
  at(t: number): Value[] {
    let values: Value[] = [];
    let unsettledUntil = -Infinity;
    for (const change of this.changes) {
      if (change.invoke > t) break;
      const settledAt = settles(change, unsettledUntil);
      unsettledUntil = settledAt;
      if (settledAt <= t) values = [];
      values.push(change.value);
    }
    return values;
  }

  /** Whether it certainly held something else before the change. */
  isNews(change: Change): boolean {
    const others = this.changes.filter((other) => other !== change && other.invoke <= change.return);
    const latest = others.findLast((other) => other.outcome === 'done' && other.return < change.invoke);
    const before = others.slice(latest ? others.indexOf(latest) : 0);
    return before.every(({ value }) => JSON.stringify(value) !== JSON.stringify(change.value));
  }

  /** When values came or may have come. */
  get invocations(): number[] {
    return this.changes.map((change) => change.invoke);
  }

  /** When values went. */
  get settlements(): number[] {
    let until = -Infinity;
    return this.changes.map((change) => (until = settles(change, until))).filter(Number.isFinite);
  }

  get writes(): readonly Change[] {
    return this.changes;
  }
}

/** When what was before `change` can no longer be acted on. */
function settles(change: Change, unsettledUntil: number): number {
  if (change.outcome === 'unknown') return Infinity;
  if (change.receipt?.enforcement === 'complete') return change.return;
  return Math.max(change.return, Math.min(unsettledUntil, change.return + UNCONFIRMED_MS));
}
