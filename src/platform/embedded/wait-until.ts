import { setTimeout as sleep } from 'node:timers/promises';
import { LaunchCancelled } from './launch.error.js';

export interface Waiting {
  deadlineMs: number;
  signal?: AbortSignal;
}

/** Asks again and again until the answer is not null; null when the deadline passed. Cancelling throws. */
export async function waitUntil<T>(ask: () => Promise<T | null>, { deadlineMs, signal }: Waiting): Promise<T | null> {
  const deadline = performance.now() + deadlineMs;
  for (;;) {
    if (signal?.aborted) throw new LaunchCancelled();
    const answer = await ask();
    if (answer !== null) return answer;
    if (performance.now() > deadline) return null;
    await sleep(25);
  }
}
