/** The stretch of time that a report is about: what is refused, and why. Pure. */
import type { ProblemDetail, ReportInterval } from '#contracts';

/** Seconds of a bucket. */
export const BUCKET_SECONDS: Record<ReportInterval, number> = { minute: 60, '5m': 300, hour: 3_600, day: 86_400 };

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/;
const DAY_MS = 86_400_000;

export interface Range {
  from: number;
  to: number;
}

export interface RangeRules {
  now: number;
  /** Days of history that there is. */
  keptDays: number;
  /** The longest stretch, and how it is told. */
  longest: { ms: number; told: string };
  /** Both ends are multiples of this. */
  stepMs: number;
}

/** The stretch that `from` and `to` say, or what is wrong with them. */
export function rangeOf(given: { from: string; to: string }, rules: RangeRules): Range | ProblemDetail {
  const [from, to] = [timeOf(given.from), timeOf(given.to)];
  if (from === null) return wrong('from', 'time_invalid', NO_TIME);
  if (to === null) return wrong('to', 'time_invalid', NO_TIME);
  for (const [name, time] of [
    ['from', from],
    ['to', to],
  ] as const) {
    if (time % rules.stepMs !== 0) return wrong(name, 'range_not_aligned', alignment(time, rules.stepMs));
  }
  if (to <= from) return wrong('to', 'range_empty', 'Ask for an end after the beginning.');
  if (from > rules.now) return wrong('from', 'range_in_future', 'Ask for a time that has begun.');
  const oldest = rules.now - rules.keptDays * DAY_MS;
  if (from < oldest) {
    const since = new Date(Math.ceil(oldest / rules.stepMs) * rules.stepMs).toISOString();
    return wrong('from', 'range_too_old', `History is kept for ${rules.keptDays} days: ask from ${since} on.`);
  }
  if (to - from > rules.longest.ms) {
    return wrong('to', 'range_too_long', `Ask for at most ${rules.longest.told} at a time.`);
  }
  return { from, to };
}

const NO_TIME = 'Give a time with its zone, like 2026-11-23T10:00:00Z.';

function timeOf(text: string): number | null {
  const time = TIME.test(text) && isDay(text.slice(0, 10)) ? Date.parse(text) : NaN;
  return Number.isNaN(time) ? null : time;
}

/** `Date` takes the 30th of February for the 2nd of March. */
function isDay(text: string): boolean {
  const day = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}

function alignment(time: number, stepMs: number): string {
  const earlier = new Date(Math.floor(time / stepMs) * stepMs).toISOString();
  return `Times must be those at which buckets begin, in UTC, like ${earlier}.`;
}

function wrong(name: 'from' | 'to', code: string, detail: string): ProblemDetail {
  return { pointer: `?${name}`, code, detail };
}
