import { setTimeout as sleep } from 'node:timers/promises';
import pLimit from 'p-limit';
import { isTransient, MusterProblem } from '#client';

/** Requests under way at the same time, at most. */
const IN_FLIGHT = 4;
/** With more than this waiting, the floor stands still until they are sent. */
const QUEUE_LIMIT = 40;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;

/**
 * Carries requests to Muster, a few at a time, and waits when Muster can't take them.
 *
 * Called for every request of the traffic. Guaranteed: never more than {@link IN_FLIGHT} under way; after a transient
 * failure (503, 429, not reachable) all wait for the same pause, which grows and differs from run to run, and the
 * request is sent again; anything else rejects at once. Must never happen: a queue that grows without end, so the
 * caller stops the simulated time while {@link keepsUp} is false.
 */
export class Courier {
  private readonly limit = pLimit(IN_FLIGHT);
  private failures = 0;
  private resumeAt = 0;

  constructor(
    private readonly signal: AbortSignal,
    private readonly onTrouble: (error: Error) => void = () => {},
  ) {}

  /** Whether Muster takes what it is sent, and nothing waits for long. */
  get keepsUp(): boolean {
    return this.failures === 0 && this.limit.pendingCount < QUEUE_LIMIT;
  }

  /** Sends a request, as often as it takes. `work` must bear being repeated. */
  send<T>(work: () => Promise<T>): Promise<T> {
    return this.limit(() => this.persist(work));
  }

  private async persist<T>(work: () => Promise<T>): Promise<T> {
    for (;;) {
      await this.pause();
      try {
        return this.answered(await work());
      } catch (error) {
        if (isTransient(error)) this.backOff(error);
        else throw this.answered(error);
      }
    }
  }

  /** Muster said something: it is there. */
  private answered<T>(answer: T): T {
    this.failures = 0;
    return answer;
  }

  private async pause(): Promise<void> {
    this.signal.throwIfAborted();
    const wait = this.resumeAt - Date.now();
    if (wait > 0) await sleep(wait, undefined, { signal: this.signal });
  }

  /** Requests that were under way together count as one failure. */
  private backOff(error: unknown): void {
    if (Date.now() < this.resumeAt) return;
    const ceiling = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.failures);
    const asked = error instanceof MusterProblem ? (error.retryAfterMs ?? 0) : 0;
    this.failures += 1;
    this.resumeAt = Date.now() + Math.max(asked, ceiling * (0.5 + 0.5 * Math.random()));
    if (this.failures === 1 && error instanceof Error) this.onTrouble(error);
  }
}
