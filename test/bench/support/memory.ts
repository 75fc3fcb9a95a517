import { setTimeout as delay } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** What this process holds when nothing is left to collect. */
export interface Memory {
  rssBytes: number;
  /** V8's heap and what it holds outside of it, buffers above all. */
  heapBytes: number;
}

const ATTEMPTS = 12;
const PAUSE_MS = 250;
/** Of the heap: less is no change. */
const STEADY = 0.002;

/** Collects garbage until it makes no difference any more. */
export async function settledMemory(): Promise<Memory> {
  let before = Infinity;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    collectGarbage();
    await delay(PAUSE_MS);
    const { heapBytes } = memory();
    if (Math.abs(before - heapBytes) < heapBytes * STEADY) break;
    before = heapBytes;
  }
  return memory();
}

function memory(): Memory {
  const { rss, heapUsed, external } = process.memoryUsage();
  return { rssBytes: rss, heapBytes: heapUsed + external };
}

/** What `--expose-gc` gives, for a process that was started without it. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}
