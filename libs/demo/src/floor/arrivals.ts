import { BURST } from './profiles.js';
import type { Random } from '../random.js';

/**
 * The next event after `from` of an inhomogeneous Poisson process with intensity `rate(t)` per millisecond, by
 * thinning: candidates come at the constant rate `bound` and one at t is kept with probability rate(t) / bound.
 * P. A. W. Lewis and G. S. Shedler, "Simulation of nonhomogeneous Poisson processes by thinning", Naval Research
 * Logistics Quarterly 26 (1979). `bound` must never be below `rate`. Infinity when `bound` is 0.
 */
export function nextArrival(random: Random, from: number, rate: (at: number) => number, bound: number): number {
  if (bound <= 0) return Infinity;
  let at = from;
  do at += random.exponential(1 / bound);
  while (!random.chance(rate(at) / bound));
  return at;
}

/**
 * What multiplies the arrivals of a team at a time: 1, or more during a burst. Bursts come as a Poisson process and
 * last a log-normal time, which makes the arrivals a Markov-modulated Poisson process: calmer and wilder minutes, as
 * in real call logs, whose variance is larger than a Poisson process of the daily curve alone would have.
 */
export class Bursts {
  /** No burst multiplies by more. */
  static readonly MAX = BURST.factorHigh;
  private begins: number;
  private ends: number;
  private height: number;

  constructor(private readonly random: Random) {
    this.begins = 0;
    this.ends = 0;
    this.height = 1;
    this.planAfter(0);
  }

  /** Must be asked in the order of time. */
  factorAt(at: number): number {
    while (at >= this.ends) this.planAfter(this.ends);
    return at >= this.begins ? this.height : 1;
  }

  private planAfter(time: number): void {
    this.begins = time + this.random.exponential(BURST.everyMs);
    this.ends = this.begins + this.random.logNormal(BURST.lastsMs, 0.4);
    this.height = this.random.between(BURST.factorLow, BURST.factorHigh);
  }
}
