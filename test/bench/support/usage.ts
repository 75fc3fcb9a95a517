import { performance } from 'node:perf_hooks';

/** What this process has used until now. */
export interface Usage {
  atMs: number;
  /** CPU time of all threads, user and system. */
  cpuMs: number;
  /** Time the event loop was not waiting. */
  activeMs: number;
  rssBytes: number;
  heapBytes: number;
}

/** What a process used in a stretch of time. */
export interface Spent {
  elapsedMs: number;
  cpuMs: number;
  /** CPU time ÷ time: 1 is a whole core. */
  cores: number;
  /** Share of the time in which the event loop had something to do: near 1, it is saturated. */
  busy: number;
}

export function currentUsage(): Usage {
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed } = process.memoryUsage();
  return {
    atMs: performance.now(),
    cpuMs: (user + system) / 1000,
    activeMs: performance.eventLoopUtilization().active,
    rssBytes: rss,
    heapBytes: heapUsed,
  };
}

export function spentBetween(before: Usage, after: Usage): Spent {
  const elapsedMs = after.atMs - before.atMs;
  const cpuMs = after.cpuMs - before.cpuMs;
  return { elapsedMs, cpuMs, cores: cpuMs / elapsedMs, busy: (after.activeMs - before.activeMs) / elapsedMs };
}
