import type { Fault } from '../history.js';

/** How long after a fault a node may need until it serves as if nothing had been. */
const RECOVERY_MS: Record<Fault['part'], number> = { process: 4_000, postgres: 10_000, redis: 12_000 };

/** Where and when the nemesis was at work. */
export class Faults {
  constructor(private readonly faults: readonly Fault[]) {}

  /** Whether what happens on `node` from `from` to `to` may be hindered, also by what was just before. */
  mayHinder(node: number, from: number, to: number, parts: readonly Fault['part'][]): boolean {
    return this.of(node, parts).some((fault) => fault.from <= to && fault.to + RECOVERY_MS[fault.part] >= from);
  }

  /** Whether a fault of `node` is at work at some time from `from` to `to`. */
  isAtWork(node: number, from: number, to: number, parts: readonly Fault['part'][]): boolean {
    return this.of(node, parts).some((fault) => fault.from <= to && fault.to >= from);
  }

  /** Whether the process of `node` could not run at all from `from` to `to`. */
  isDown(node: number, from: number, to: number): boolean {
    return this.of(node, ['process']).some((fault) => fault.from <= from && (fault.downTo ?? fault.to) >= to);
  }

  of(node: number, parts: readonly Fault['part'][]): Fault[] {
    return this.faults.filter((fault) => (fault.node ?? node) === node && parts.includes(fault.part));
  }

  /** What overlaps the time, for the report. */
  around(from: number, to: number): Fault[] {
    return this.faults.filter((fault) => fault.from <= to && fault.to >= from);
  }
}
