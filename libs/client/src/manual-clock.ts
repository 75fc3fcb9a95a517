import type { Clock } from './clock.js';

/** A clock that moves only when it is told to; for tests of whatever takes a `Clock`. */
export class ManualClock implements Clock {
  private time = 0;
  private readonly due = new Set<{ at: number; work: () => void }>();

  now(): number {
    return this.time;
  }

  after(ms: number, work: () => void): () => void {
    const entry = { at: this.time + ms, work };
    this.due.add(entry);
    return () => this.due.delete(entry);
  }

  /** Time passes and nothing runs, as while a machine sleeps: what fell due runs when it is next moved on. */
  sleep(ms: number): void {
    this.time += ms;
  }

  /** Moves on by `ms`; what falls due runs in order, and the promises it settles run before the next. */
  async advance(ms: number): Promise<void> {
    const end = this.time + ms;
    await settle();
    for (let next = this.next(end); next; next = this.next(end)) {
      this.due.delete(next);
      this.time = Math.max(this.time, next.at);
      next.work();
      await settle();
    }
    this.time = end;
  }

  private next(end: number): { at: number; work: () => void } | undefined {
    return [...this.due].filter((entry) => entry.at <= end).sort((a, b) => a.at - b.at)[0];
  }
}

function settle(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
