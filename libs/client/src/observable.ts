import { MusterClosed, type Closure } from './errors.js';
import type { Clock } from './clock.js';

/** How current something live is. `stale` and `resuming` repair themselves; `closed` is final. */
export type LiveStatus = 'connecting' | 'live' | 'resuming' | 'stale' | 'closed';

/** What every live thing says about itself. */
export interface LiveState {
  readonly status: LiveStatus;
  /** Why it has ended; null unless `closed`. */
  readonly closure: Closure | null;
}

/** A value that changes, as `useSyncExternalStore` and plain listeners want it. */
export class Observable<S extends LiveState> {
  private readonly listeners = new Set<() => void>();

  constructor(
    protected readonly clock: Clock,
    private state: S,
  ) {}

  /** The state now; a new object whenever something changed. */
  get current(): S {
    return this.state;
  }

  /** Calls `listener` after every change; the answer ends that. */
  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Waits for a state that satisfies `wanted`, now or later. Rejects when it is closed or the time is over. */
  until(wanted: (state: S) => boolean, timeoutMs = 10_000): Promise<S> {
    return new Promise((resolve, reject) => {
      const settle = (act: () => void): void => {
        stop();
        callOff();
        act();
      };
      const look = (): void => {
        const state = this.state;
        if (wanted(state)) settle(() => resolve(state));
        else if (state.closure) settle(reject.bind(null, new MusterClosed(state.closure)));
      };
      const callOff = this.clock.after(timeoutMs, () => {
        settle(() => reject(new Error(`not within ${timeoutMs} ms; the state is still ${this.state.status}`)));
      });
      const stop = this.subscribe(look);
      look();
    });
  }

  protected become(state: S): void {
    this.state = state;
    for (const listener of this.listeners) listener();
  }
}
