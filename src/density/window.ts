/**
 * Rolling counts in steps of five seconds, for any number of keys (agents, teams).
 *
 * Who calls: the roster's projection, which moves it by `advance` at each boundary of its feed. Guaranteed: the
 * windows equal a brute-force count of everything added, bucket by bucket, whatever the order of arrival; a step
 * touches only the keys of the buckets that leave a window or enter it; memory grows with activity, not with the
 * number of keys. Must never happen: counting by the order of arrival instead of by the bucket.
 */
import type { DensityView, DensityWindows } from '#contracts';

/** One bucket lasts this long. */
export const BUCKET_MS = 5_000;
/** How many buckets each window spans, the current one included. */
export const SPANS = { m1: 12, m5: 60, m15: 180, h1: 720 } as const satisfies Record<keyof DensityWindows, number>;

const LENGTHS = [SPANS.m1, SPANS.m5, SPANS.m15, SPANS.h1] as const;
const LONGEST = SPANS.h1;
const LONGEST_INDEX = 3;
const OUTBOUND = LENGTHS.length;

/** Interactions of one agent (or, without one, of a team) in one bucket. */
export interface Increment {
  agentId: string | null;
  teamId: string | null;
  /** `bucketOf` the interactions' times. */
  bucket: number;
  inbound: number;
  outbound: number;
}

interface Tally {
  inbound: number;
  outbound: number;
}

/** The bucket a time belongs to. */
export function bucketOf(ms: number): number {
  return Math.floor(ms / BUCKET_MS);
}

export class WindowCounter {
  private readonly buckets = new Map<number, Map<string, Tally>>();
  /** Per key: inbound m1, m5, m15, h1, then outbound. Only keys with something in the last hour. */
  private readonly sums = new Map<string, Int32Array>();

  constructor(private current: number) {}

  /** The bucket that is now. */
  get bucket(): number {
    return this.current;
  }

  /** Counts in the bucket they belong to; what is dated ahead waits, what is too old is ignored. */
  add(key: string, bucket: number, inbound: number, outbound: number): void {
    if (bucket <= this.current - LONGEST) return;
    this.store(key, bucket, inbound, outbound);
    if (bucket > this.current) return;
    const sums = this.sumsOf(key);
    for (let window = 0; window < LENGTHS.length; window++) {
      if (bucket <= this.current - LENGTHS[window]) continue;
      sums[window] += inbound;
      sums[window + OUTBOUND] += outbound;
    }
  }

  /** Moves on to a later bucket; the keys whose windows changed. */
  advance(to: number): Set<string> {
    const touched = new Set<string>();
    if (to <= this.current) return touched;
    LENGTHS.forEach((length, window) => this.slide(window, length, to, touched));
    this.forget(to);
    this.current = to;
    for (const key of touched) this.dropIfEmpty(key);
    return touched;
  }

  /** The key's windows, both directions together. */
  windows(key: string): DensityWindows {
    return together(this.sums.get(key));
  }

  /** The key's windows, together and apart. */
  density(key: string): DensityView {
    const sums = this.sums.get(key);
    return { ...together(sums), inbound: apart(sums, 0), outbound: apart(sums, OUTBOUND) };
  }

  private store(key: string, bucket: number, inbound: number, outbound: number): void {
    const tallies = this.buckets.get(bucket) ?? new Map<string, Tally>();
    const tally = tallies.get(key);
    if (tally) {
      tally.inbound += inbound;
      tally.outbound += outbound;
    } else {
      this.buckets.set(bucket, tallies.set(key, { inbound, outbound }));
    }
  }

  /** One window's step: buckets it leaves behind are subtracted, buckets it reaches are added. Never overlapping. */
  private slide(window: number, length: number, to: number, touched: Set<string>): void {
    for (let bucket = this.current - length + 1; bucket <= Math.min(this.current, to - length); bucket++) {
      this.apply(bucket, window, -1, touched);
    }
    for (let bucket = Math.max(this.current, to - length) + 1; bucket <= to; bucket++) {
      this.apply(bucket, window, 1, touched);
    }
  }

  private apply(bucket: number, window: number, sign: 1 | -1, touched: Set<string>): void {
    for (const [key, tally] of this.buckets.get(bucket) ?? []) {
      const sums = this.sumsOf(key);
      sums[window] += sign * tally.inbound;
      sums[window + OUTBOUND] += sign * tally.outbound;
      touched.add(key);
    }
  }

  private sumsOf(key: string): Int32Array {
    const known = this.sums.get(key);
    if (known) return known;
    const sums = new Int32Array(2 * LENGTHS.length);
    this.sums.set(key, sums);
    return sums;
  }

  /** Buckets older than the longest window. After a long pause the map is shorter than the stretch of time. */
  private forget(to: number): void {
    const oldest = to - LONGEST;
    if (to - this.current > this.buckets.size) {
      for (const bucket of this.buckets.keys()) if (bucket <= oldest) this.buckets.delete(bucket);
    } else {
      for (let bucket = this.current - LONGEST + 1; bucket <= oldest; bucket++) this.buckets.delete(bucket);
    }
  }

  /** The longest window contains the others. */
  private dropIfEmpty(key: string): void {
    const sums = this.sums.get(key);
    if (sums?.[LONGEST_INDEX] === 0 && sums[LONGEST_INDEX + OUTBOUND] === 0) this.sums.delete(key);
  }
}

const NOTHING: DensityWindows = { m1: 0, m5: 0, m15: 0, h1: 0 };

function together(sums: Int32Array | undefined): DensityWindows {
  if (!sums) return NOTHING;
  return { m1: sums[0] + sums[4], m5: sums[1] + sums[5], m15: sums[2] + sums[6], h1: sums[3] + sums[7] };
}

function apart(sums: Int32Array | undefined, from: number): DensityWindows {
  if (!sums) return NOTHING;
  return { m1: sums[from], m5: sums[from + 1], m15: sums[from + 2], h1: sums[from + 3] };
}
