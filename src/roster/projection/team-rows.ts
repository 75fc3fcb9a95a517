/** The teams on the roster: what their agents add up to. Pure. */
import type { RosterRow, RosterTeam } from '#contracts';
import type { Inputs } from './inputs.js';
import { isSame } from './row.js';
import { TeamTotals } from './team-totals.js';

export interface TeamChange {
  id: string;
  /** Null: gone. */
  row: RosterTeam | null;
}

export class TeamRows {
  private readonly totals = new Map<string, TeamTotals>();
  private readonly rows = new Map<string, RosterTeam>();

  constructor(
    private readonly inputs: Inputs,
    /** The rows of a team's agents. */
    private readonly rowsOf: (teamId: string) => Iterable<RosterRow>,
  ) {}

  get(id: string): RosterTeam | null {
    return this.rows.get(id) ?? null;
  }

  all(): Iterable<RosterTeam> {
    return this.rows.values();
  }

  marks(): [string, number][] {
    return [...this.rows].map(([id, { v }]) => [id, v]);
  }

  add(row: RosterRow): void {
    this.totalsOf(row.teamId).add(row);
  }

  remove(row: RosterRow): void {
    this.totalsOf(row.teamId).remove(row);
  }

  /** Makes the team's row anew as of `offset`; null: nothing changed. With `isForced` everything counts as changed. */
  renew(id: string, offset: number, isForced: boolean): TeamChange | null {
    const before = this.rows.get(id);
    const row = this.rowOf(id, offset);
    if (!row) return this.rows.delete(id) ? { id, row: null } : null;
    if (before && !isForced && isSameTeam(before, row)) return null;
    this.rows.set(id, row);
    return { id, row };
  }

  private rowOf(id: string, v: number): RosterTeam | null {
    const team = this.inputs.teams.get(id);
    if (!team || team.deleted) return null;
    const totals = this.totalsOf(id).view(this.rowsOf(id));
    return { id, name: team.name, status: team.status, ...totals, density: this.inputs.teamDensity(id), v };
  }

  private totalsOf(teamId: string): TeamTotals {
    const totals = this.totals.get(teamId) ?? new TeamTotals();
    this.totals.set(teamId, totals);
    return totals;
  }
}

const PARTS = ['name', 'status', 'agents', 'load', 'waiting', 'density'] as const satisfies (keyof RosterTeam)[];

function isSameTeam(a: RosterTeam, b: RosterTeam): boolean {
  return PARTS.every((part) => isSame(a[part], b[part]));
}
