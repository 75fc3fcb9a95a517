/** Stretches of time that reports are asked for, at whose ends buckets begin. Pure. */
import type { ReportInterval, Timestamp } from '#client';

export const RANGES = ['hour', 'day', 'week', 'month'] as const;
export type RangeName = (typeof RANGES)[number];

export interface ReportRange {
  from: Timestamp;
  to: Timestamp;
  interval: ReportInterval;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const SHAPES: Record<RangeName, { spanMs: number; stepMs: number; interval: ReportInterval }> = {
  hour: { spanMs: HOUR_MS, stepMs: MINUTE_MS, interval: 'minute' },
  day: { spanMs: DAY_MS, stepMs: 5 * MINUTE_MS, interval: '5m' },
  week: { spanMs: 7 * DAY_MS, stepMs: HOUR_MS, interval: 'hour' },
  month: { spanMs: 30 * DAY_MS, stepMs: DAY_MS, interval: 'day' },
};

/** The range up to the end of the bucket that `now` is in. */
export function rangeOf(name: RangeName, now: number): ReportRange {
  const { spanMs, stepMs, interval } = SHAPES[name];
  const to = (Math.floor(now / stepMs) + 1) * stepMs;
  return { from: new Date(to - spanMs).toISOString(), to: new Date(to).toISOString(), interval };
}
