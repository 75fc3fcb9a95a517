/** What a trace of Chromium says of the page's main thread. Pure. */

export interface TraceEvent {
  name: string;
  ph: string;
  pid: number;
  tid: number;
  /** Microseconds. */
  ts: number;
  dur?: number;
  args?: { name?: string };
}

/** Milliseconds of work that began within each stretch of `frameMs`, one after the other. */
export function workByFrame(events: readonly TraceEvent[], frameMs: number): number[] {
  const tasks = mainThreadTasks(events);
  const first = tasks[0]?.ts ?? 0;
  const last = tasks.at(-1)?.ts ?? 0;
  const work = Array.from({ length: Math.ceil((last - first) / 1_000 / frameMs) + 1 }, () => 0);
  for (const { ts, dur = 0 } of tasks) {
    const frame = Math.floor((ts - first) / 1_000 / frameMs);
    work[frame] = (work[frame] ?? 0) + dur / 1_000;
  }
  return work;
}

/** Whole tasks of the busiest renderer's main thread: there is only one page. */
function mainThreadTasks(events: readonly TraceEvent[]): TraceEvent[] {
  const isMain = (event: TraceEvent) => event.name === 'thread_name' && event.args?.name === 'CrRendererMain';
  const threads = events.filter(isMain).map(({ pid, tid }) => tasksOf(events, pid, tid));
  return threads.sort((a, b) => total(b) - total(a))[0] ?? [];
}

function tasksOf(events: readonly TraceEvent[], pid: number, tid: number): TraceEvent[] {
  const isTask = (event: TraceEvent) =>
    event.pid === pid && event.tid === tid && event.ph === 'X' && event.name === 'RunTask';
  return events.filter(isTask).sort((a, b) => a.ts - b.ts);
}

function total(tasks: readonly TraceEvent[]): number {
  return tasks.reduce((sum, { dur = 0 }) => sum + dur, 0);
}
