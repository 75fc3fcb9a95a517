/** Who stands where on the wall: grouped by team if wanted, in an order that holds still while somebody looks. Pure. */
import { type RosterRow, type RosterTeam, type RosterTotals, type RosterView, totalsOf } from '#client';

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

  /**
   * `rows` in the order that is kept. It is made anew by `sort` when its time has come, unless it is `held`, and when
   * `key` changes: that is what costs.
   */
  apply(rows: RosterRow[], sort: (rows: RosterRow[]) => RosterRow[], at: { key: string; now: number; held: boolean }) {
    const isDue = !at.held && at.now - this.orderedAt >= REORDER_MS;
    if (at.key !== this.key || isDue || this.places.size === 0) {
      this.key = at.key;
      this.orderedAt = at.now;
      const sorted = sort(rows);
      this.places = new Map(sorted.map((row, place) => [row.id, place]));
      return sorted;
    }
    return this.keep(rows);
  }

  private keep(rows: RosterRow[]): RosterRow[] {
    const placed = rows.map((row) => ({ row, place: this.places.get(row.id) ?? Number.MAX_SAFE_INTEGER }));
    return placed.sort((a, b) => a.place - b.place).map(({ row }) => row);
  }
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
