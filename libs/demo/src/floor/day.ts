/**
 * The day of the floor, compressed: a demo is watched for minutes, not for days. Each hour of the clock on the wall
 * takes {@link HOUR_MS}; the things people do within a conversation keep their real pace.
 */
export const HOUR_MS = 4 * 60_000;
const HOURS = 24;

/** The hour (0 ≤ h < 24) in a zone `offset` hours ahead of UTC, at `at` milliseconds after `startHour` UTC. */
export function hourAt(at: number, startHour: number, offset: number): number {
  return wrap(startHour + offset + at / HOUR_MS);
}

/** Hours from `hour` until it is `target` o'clock; 0 when it is. */
export function hoursUntil(hour: number, target: number): number {
  return wrap(target - hour);
}

/** A curve given by the hour, read at any time between (linear). */
export function readCurve(curve: readonly number[], hour: number): number {
  const low = Math.floor(wrap(hour));
  const share = wrap(hour) - low;
  return (curve[low] ?? 0) * (1 - share) + (curve[(low + 1) % HOURS] ?? 0) * share;
}

function wrap(hour: number): number {
  return ((hour % HOURS) + HOURS) % HOURS;
}
