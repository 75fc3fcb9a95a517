/** How hot a cell is: density on a scale that holds still while the floor moves. Pure. */
import type { DensityWindows } from '#client';

/** Levels 0 (nothing) to 8 (as busy as it gets here, or more). */
export const HOTTEST = 8;

/** The ends a scale may have, so that it moves seldom and can be read. */
const ENDS = [5, 10, 20, 30, 50, 80, 120, 200, 300, 500, 800, 1_200, 2_000];
/** A scale is left for a smaller one only when that would do with this much to spare. */
const SLACK = 0.7;

/** The level of `value` on a scale that ends at `end`. Small numbers are told apart better than large ones. */
export function heatLevel(value: number, end: number): number {
  if (value <= 0) return 0;
  return Math.min(HOTTEST, Math.max(1, Math.ceil(Math.sqrt(value / end) * HOTTEST)));
}

/** The end of the scale: what 95 of 100 agents stay below; the one `held` now is kept while it fits. */
export function scaleEnd(values: readonly number[], held = 0): number {
  const sorted = values.filter((value) => value > 0).sort((a, b) => a - b);
  const high = sorted[Math.floor(sorted.length * 0.95)] ?? 0;
  const needed = nextEnd(high);
  return held >= needed && high > held * SLACK ? held : held > needed ? nextEnd(high / SLACK) : needed;
}

function nextEnd(value: number): number {
  return ENDS.find((end) => end >= value) ?? value;
}

/**
 * The last hour as messages a minute in four stretches: 60 to 15, 15 to 5, 5 to 1 minutes ago, and the last minute.
 * It is exact from the first frame on, whatever happened to the connection before.
 */
export function profileOf({ m1, m5, m15, h1 }: DensityWindows): [number, number, number, number] {
  return [(h1 - m15) / 45, (m15 - m5) / 10, (m5 - m1) / 4, m1].map((rate) => Math.max(0, rate)) as [
    number,
    number,
    number,
    number,
  ];
}
