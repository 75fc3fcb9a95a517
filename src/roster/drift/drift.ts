/** How far what a roster shows is from what PostgreSQL counts. Pure. */
import type { DensityWindows } from '#contracts';
import { type Increment, SPANS } from '../../density/window.js';
import type { Counted } from '../feed/feed-entry.js';
import type { Projection } from '../projection/projection.js';
import { parseSnapshot, visibleIn } from '../projection/visible-in.js';

export type Windows = ReadonlyMap<string, DensityWindows>;

/** What is shown at one moment. */
export interface Shown {
  bucket: number;
  agents: Windows;
  teams: Windows;
}

const NAMES = Object.keys(SPANS) as (keyof DensityWindows)[];
const NONE: DensityWindows = { m1: 0, m5: 0, m15: 0, h1: 0 };

/** What the projection shows now. */
export function shownBy(projection: Projection): Shown {
  return {
    bucket: projection.bucket,
    agents: new Map([...projection.standings()].map(({ row }) => [row.id, row.density])),
    teams: new Map([...projection.teams()].map(({ id, density }) => [id, density])),
  };
}

/**
 * By how many interactions the shown windows differ from the counted ones, over all agents, teams and windows. What was
 * counted but came on the feed only `later` was not to be shown yet.
 */
export function driftOf(
  shown: Shown,
  counted: { snapshot: string; agents: Windows; teams: Windows },
  later: readonly Counted[],
): number {
  const snapshot = parseSnapshot(counted.snapshot);
  const early = later.filter(({ xid }) => visibleIn(snapshot, xid)).flatMap(({ increments }) => increments);
  return (
    differences(shown.agents, counted.agents, sums(early, 'agentId', shown.bucket)) +
    differences(shown.teams, counted.teams, sums(early, 'teamId', shown.bucket))
  );
}

function sums(increments: readonly Increment[], by: 'agentId' | 'teamId', now: number): Windows {
  const found = new Map<string, DensityWindows>();
  for (const { bucket, inbound, outbound, [by]: id } of increments) {
    if (id === null || bucket > now) continue;
    const windows = found.get(id) ?? { ...NONE };
    for (const name of NAMES) if (bucket > now - SPANS[name]) windows[name] += inbound + outbound;
    found.set(id, windows);
  }
  return found;
}

function differences(shown: Windows, counted: Windows, early: Windows): number {
  let total = 0;
  for (const [id, windows] of shown) {
    const [all, tooEarly] = [counted.get(id) ?? NONE, early.get(id) ?? NONE];
    for (const name of NAMES) total += Math.abs(windows[name] - (all[name] - tooEarly[name]));
  }
  return total;
}
