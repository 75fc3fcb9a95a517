/** Time and chance, injectable so that tests own both. */

export interface Clock {
  /** Milliseconds that never run backwards. */
  now(): number;
  /** Does `work` once after `ms`; the answer calls it off. */
  after(ms: number, work: () => void): () => void;
}

/**
 * The clock of this machine. A monotonic clock may stand still while a laptop sleeps and the wall clock may be
 * set back: between two looks the longer of both spans counts, so a view that slept is never taken for fresh.
 */
export function systemClock(): Clock {
  let elapsed = 0;
  let wall = Date.now();
  let monotonic = performance.now();
  return {
    now() {
      const [wallNow, monotonicNow] = [Date.now(), performance.now()];
      elapsed += Math.max(wallNow - wall, monotonicNow - monotonic);
      [wall, monotonic] = [wallNow, monotonicNow];
      return elapsed;
    },
    after(ms, work) {
      const timer = setTimeout(work, ms);
      return () => clearTimeout(timer);
    },
  };
}

/** Growing pauses with full jitter, so that clients that lost the same server don't come back together. */
export class Backoff {
  private attempts = 0;

  constructor(
    private readonly firstMs: number,
    private readonly longestMs: number,
    private readonly random: () => number = Math.random,
  ) {}

  /** How long to wait before the next try. */
  next(): number {
    const ceiling = Math.min(this.longestMs, this.firstMs * 2 ** this.attempts);
    this.attempts += 1;
    return Math.round(this.random() * ceiling);
  }

  /** What was tried works again. */
  reset(): void {
    this.attempts = 0;
  }
}
