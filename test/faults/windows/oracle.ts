/**
 * Between which counts a roster's windows must be: at least what was taken before, at most what was sent. Counted by
 * brute force from what the reporter knows; a window of N steps of 5 seconds ends with the one that `asOf` is in.
 */
import type { DensityWindows, RosterRow, RosterTeam } from '#contracts';
import type { Floor } from '../live/floor.js';
import type { Reported } from '../live/reporter.js';

const BUCKET_MS = 5_000;
const SPANS = { m1: 12, m5: 60, m15: 180, h1: 720 } as const satisfies Record<keyof DensityWindows, number>;
const WINDOWS = Object.keys(SPANS) as (keyof DensityWindows)[];
const COMPLAINTS = 3;

/** What somebody is shown, wherever. */
export interface Shown {
  asOf: string;
  rows: Iterable<Pick<RosterRow, 'id' | 'density'>>;
  teams: Iterable<Pick<RosterTeam, 'id' | 'density'>>;
}

/** When what is counted must have been sent, or taken. */
export interface Bounds {
  takenBefore: number;
  sentBefore: number;
}

type Counts = Map<string, DensityWindows>;

/** What is wrong with it, a line each; nothing: all of it is within bounds. */
export function complaintsAbout(shown: Shown, reported: readonly Reported[], floor: Floor, bounds: Bounds): string[] {
  const bucket = Math.floor(Date.parse(shown.asOf) / BUCKET_MS);
  const least = count(reported, bucket, ({ takenAt }) => takenAt <= bounds.takenBefore);
  const most = count(reported, bucket, ({ sentAt }) => sentAt <= bounds.sentBefore);
  const seen = new Map([...shown.rows, ...shown.teams].map(({ id, density }) => [id, density]));
  const ids = [...floor.agents.map(({ id }) => id), ...floor.teams];
  const wrong = ids.flatMap((id) => {
    const density = seen.get(id);
    if (!density) return [`${id} is missing`];
    return WINDOWS.flatMap((window) => {
      const [from, to] = [least.get(id)?.[window] ?? 0, most.get(id)?.[window] ?? 0];
      const is = density[window];
      return is >= from && is <= to
        ? []
        : [`${window} of ${id} is ${is}, not ${from === to ? from : `${from} to ${to}`}`];
    });
  });
  return wrong.length <= COMPLAINTS ? wrong : [...wrong.slice(0, COMPLAINTS), `and ${wrong.length - COMPLAINTS} more`];
}

/** By agent and by team. */
function count(reported: readonly Reported[], bucket: number, counts: (one: Reported) => boolean): Counts {
  const counted: Counts = new Map();
  for (const one of reported) {
    const age = bucket - Math.floor(one.at / BUCKET_MS);
    if (age < 0 || age >= SPANS.h1 || !counts(one)) continue;
    for (const id of [one.agent.id, one.agent.teamId]) {
      const windows = counted.get(id) ?? { m1: 0, m5: 0, m15: 0, h1: 0 };
      for (const window of WINDOWS) if (age < SPANS[window]) windows[window]++;
      counted.set(id, windows);
    }
  }
  return counted;
}
