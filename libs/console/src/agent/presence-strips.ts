/** Presence over time, as strips to draw: one for each day, in the time zone of who looks. Pure. */
import type { PresenceState, PresenceTimelineEntry } from '#client';

/** Times are milliseconds since 1970. */
export interface Stretch {
  state: PresenceState;
  from: number;
  to: number;
}

export interface Strip {
  from: number;
  to: number;
  stretches: Stretch[];
}

const DAY_MS = 86_400_000;

/** What a history, the newest first, says of a stretch of time; what follows in the same state is one. */
export function stretchesOf(history: readonly PresenceTimelineEntry[], from: number, to: number): Stretch[] {
  const found: Stretch[] = [];
  for (const { state, at, endedAt } of history.toReversed()) {
    const begins = Math.max(from, Date.parse(at));
    const ends = Math.min(to, endedAt === null ? to : Date.parse(endedAt));
    if (begins >= ends) continue;
    const before = found.at(-1);
    if (before && before.state === state && before.to >= begins) before.to = ends;
    else found.push({ state, from: begins, to: ends });
  }
  return found;
}

/** One strip, or one for each day that began within a longer time; the newest first. */
export function stripsOf(stretches: readonly Stretch[], from: number, to: number): Strip[] {
  return daysOf(from, to)
    .map(([start, end]) => ({ from: start, to: end, stretches: within(stretches, start, end) }))
    .toReversed();
}

/** Milliseconds in each state. */
export function timesOf(stretches: readonly Stretch[]): Record<PresenceState, number> {
  const times = { available: 0, busy: 0, away: 0, offline: 0 };
  for (const { state, from, to } of stretches) times[state] += to - from;
  return times;
}

function within(stretches: readonly Stretch[], start: number, end: number): Stretch[] {
  return stretches
    .map(({ state, from, to }) => ({ state, from: Math.max(from, start), to: Math.min(to, end) }))
    .filter(({ from, to }) => from < to);
}

/** Whole days: a strip's place is the time of day, also on the first and on the last. */
function daysOf(from: number, to: number): [start: number, end: number][] {
  if (to - from <= DAY_MS) return [[from, to]];
  const days: [number, number][] = [];
  const day = new Date(from);
  day.setHours(0, 0, 0, 0);
  while (day.getTime() < to) {
    const start = day.getTime();
    day.setDate(day.getDate() + 1);
    days.push([start, day.getTime()]);
  }
  return days;
}
