/** The live roster as a list: found, filtered, sorted and summed up. Pure; the console and the terminal share it. */
import type { Id, PresenceState, RosterRow, Timestamp, WaitingView } from '#contracts';
import type { RosterView } from './delta.js';

export const ROSTER_SORTS = ['density', 'load', 'waiting', 'name', 'presence'] as const;
/** What a roster can be sorted by: the busiest first, or by name or presence. */
export type RosterSort = (typeof ROSTER_SORTS)[number];

/** The states of presence, the most useful first. */
export const PRESENCE_STATES = ['available', 'busy', 'away', 'offline'] as const satisfies readonly PresenceState[];

/** Which agents to list, and in which order. */
export interface RosterQuery {
  sort: RosterSort;
  teamId?: Id | undefined;
  presence?: PresenceState | undefined;
  /** Words that the agent's or the team's name contains, whatever the case and accents. */
  search?: string | undefined;
}

/** The floor in a few numbers. */
export interface RosterTotals {
  agents: number;
  presence: Record<PresenceState, number>;
  m1: number;
  open: number;
  capacity: number;
  waiting: number;
}

/** The agents of the view that the query asks for, in its order. */
export function listRoster(view: RosterView, query: RosterQuery): RosterRow[] {
  return sortRoster(findRoster(view, query), query.sort);
}

/** The agents of the view that the query asks for, in no order. */
export function findRoster(view: RosterView, query: RosterQuery): RosterRow[] {
  const words = fold(query.search ?? '')
    .split(/\s+/)
    .filter(Boolean);
  const matches = (row: RosterRow): boolean => {
    if (query.teamId !== undefined && row.teamId !== query.teamId) return false;
    if (query.presence !== undefined && row.presence.state !== query.presence) return false;
    if (words.length === 0) return true;
    const text = fold(`${row.name} ${teamName(view, row.teamId)}`);
    return words.every((word) => text.includes(word));
  };
  return [...view.rows.values()].filter(matches);
}

/** Brings agents into an order. */
export function sortRoster(rows: RosterRow[], sort: RosterSort): RosterRow[] {
  return rows.sort((a, b) => ORDERS[sort](a, b) || byName(a, b));
}

/** The name of a team of the view; empty while it isn't known. */
export function teamName(view: RosterView, id: Id): string {
  return view.teams.get(id)?.name ?? '';
}

/** From here on somebody waits too long. */
export const LONG_WAIT_MS = 5 * 60_000;

/** How long ago `since` was, in its largest unit: `45s`, `12m`, `3h`, `2d`. */
export function ageOf(since: Timestamp, now: number): string {
  const seconds = Math.max(0, Math.floor((now - Date.parse(since)) / 1000));
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)}m`;
  return seconds < 86_400 ? `${Math.floor(seconds / 3_600)}h` : `${Math.floor(seconds / 86_400)}d`;
}

/** Sums over `rows`. */
export function totalsOf(rows: Iterable<RosterRow>): RosterTotals {
  const presence = { available: 0, busy: 0, away: 0, offline: 0 };
  const totals: RosterTotals = { agents: 0, presence, m1: 0, open: 0, capacity: 0, waiting: 0 };
  for (const row of rows) {
    totals.agents += 1;
    presence[row.presence.state] += 1;
    totals.m1 += row.density.m1;
    totals.open += row.load.open;
    totals.capacity += row.load.capacity;
    totals.waiting += row.waiting.count;
  }
  return totals;
}

type Order = (a: RosterRow, b: RosterRow) => number;

const ORDERS: Record<RosterSort, Order> = {
  density: (a, b) => b.density.m5 - a.density.m5 || b.density.m1 - a.density.m1 || b.density.h1 - a.density.h1,
  load: (a, b) => ratioOf(b) - ratioOf(a) || b.load.open - a.load.open,
  waiting: (a, b) => b.waiting.count - a.waiting.count || waitsSince(a.waiting) - waitsSince(b.waiting),
  name: () => 0,
  presence: (a, b) => PRESENCE_STATES.indexOf(a.presence.state) - PRESENCE_STATES.indexOf(b.presence.state),
};

/** Without capacity everything open is too much, and nothing open is nothing. */
function ratioOf({ load }: RosterRow): number {
  return load.ratio ?? (load.open > 0 ? Number.MAX_VALUE : -1);
}

function waitsSince(waiting: WaitingView): number {
  return waiting.oldestAt === null ? Number.MAX_VALUE : Date.parse(waiting.oldestAt);
}

const NAMES = new Intl.Collator(undefined, { sensitivity: 'base', numeric: true });

function byName(a: RosterRow, b: RosterRow): number {
  return NAMES.compare(a.name, b.name) || (a.id < b.id ? -1 : 1);
}

function fold(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{Mark}/gu, '')
    .toLowerCase();
}
