/** Who stands where on the wall: grouped by team if wanted, in an order that holds still while somebody looks. Pure. */
import {
  listRoster,
  type RosterQuery,
  type RosterRow,
  type RosterTeam,
  type RosterTotals,
  type RosterView,
  totalsOf,
} from '#client';

export interface WallGroup {
  /** Null: everybody in one. */
  team: RosterTeam | null;
  rows: RosterRow[];
  totals: RosterTotals;
  /** Since when the customer waits who waits longest; null: nobody waits. */
  oldestAt: string | null;
}

/** How long an order is kept, so that a cell can be read and hit. */
export const REORDER_MS = 2_000;

/** The order of a moment ago: who came since is last, who went is gone. */
export class SteadyOrder {
  private places = new Map<string, number>();
  private orderedAt = -Infinity;
  private key = '';

  /** `rows` in the order that is kept; it is renewed when its time has come, unless it is `held`, and when `key` changes. */
  apply(rows: RosterRow[], key: string, now: number, held: boolean): RosterRow[] {
    const isDue = !held && now - this.orderedAt >= REORDER_MS;
    if (key !== this.key || isDue || this.places.size === 0) {
      this.key = key;
      this.orderedAt = now;
      this.places = new Map(rows.map((row, place) => [row.id, place]));
      return rows;
    }
    const placeOf = (row: RosterRow): number => this.places.get(row.id) ?? Number.MAX_SAFE_INTEGER;
    return rows.sort((a, b) => placeOf(a) - placeOf(b));
  }
}

/** The agents that `query` asks for. */
export function rowsOf(view: RosterView, query: RosterQuery): RosterRow[] {
  return listRoster(view, query);
}

/** The agents by team, the teams by name; or all in one group. */
export function groupRows(view: RosterView, rows: RosterRow[], byTeam: boolean): WallGroup[] {
  if (!byTeam) return [groupOf(null, rows)];
  const ofTeam = Map.groupBy(rows, (row) => row.teamId);
  return [...ofTeam]
    .map(([teamId, members]) => groupOf(view.teams.get(teamId) ?? null, members))
    .sort((a, b) => (a.team?.name ?? '').localeCompare(b.team?.name ?? ''));
}

function groupOf(team: RosterTeam | null, rows: RosterRow[]): WallGroup {
  const oldest = rows.reduce<string | null>((least, { waiting: { oldestAt } }) => earlier(least, oldestAt), null);
  return { team, rows, totals: totalsOf(rows), oldestAt: oldest };
}

function earlier(a: string | null, b: string | null): string | null {
  if (a === null || b === null) return a ?? b;
  return a < b ? a : b;
}
