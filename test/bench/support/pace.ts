import { setTimeout as delay } from 'node:timers/promises';

export interface Paced {
  count: number;
  everyMs: number;
}

/** Does `act` so many times at even distances; what is late is made up for. */
export async function pace({ count, everyMs }: Paced, act: (n: number) => void): Promise<void> {
  const start = performance.now();
  for (let n = 0; n < count; n++) {
    const wait = start + n * everyMs - performance.now();
    if (wait > 0) await delay(wait);
    act(n);
  }
}
