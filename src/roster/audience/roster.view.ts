import type { Id, RosterDelta, RosterRow, RosterRowChange, RosterScope, RosterTeam } from '#contracts';
import type { Departure, TeamEnd } from '../projection/history.js';
import type { AgentChange, Change, Projection } from '../projection/projection.js';
import { ALL_FIELDS, FIELD, FIELD_NAMES } from '../projection/row.js';
import type { View } from './view.js';

type Body = Pick<RosterDelta, 'rows' | 'removed' | 'teams'>;

interface Pending {
  /** Whether the audience had the row before. */
  wasShown: boolean;
  isShown: boolean;
  fields: number;
}

/** The live roster as the dashboard shows it: everybody, a team, or a list of agents. */
export class RosterView implements View {
  readonly event = 'roster.delta';
  private readonly listed: ReadonlySet<Id> | null;
  private readonly teamId: Id | undefined;
  private pending = new Map<Id, Pending>();
  private pendingTeams = new Set<Id>();
  private hasLostTeam = false;

  constructor(
    private readonly projection: Projection,
    scope: RosterScope,
  ) {
    this.listed = scope.agentIds ? new Set(scope.agentIds) : null;
    this.teamId = scope.teamId;
  }

  lastOffset(): number {
    const { history } = this.projection;
    const left = history
      .departuresAfter(history.floor)
      .filter(({ teamId, agentId }) => this.mayHaveShown(agentId, teamId));
    return greatest(
      history.floor,
      this.rows().map(({ v }) => v),
      this.teams().map(({ v }) => v),
      [...left, ...this.teamsEndedAfter(history.floor)].map(({ offset }) => offset),
    );
  }

  absorb(change: Change): boolean {
    let isRelevant = false;
    for (const agent of change.agents) if (this.absorbAgent(agent)) isRelevant = true;
    for (const { id, row } of change.teams) {
      if (!this.showsTeam(id)) continue;
      if (row) this.pendingTeams.add(id);
      else this.hasLostTeam = true;
      isRelevant = true;
    }
    return isRelevant;
  }

  drain(): Body | null {
    const body: Body = { rows: [], removed: [], teams: [] };
    for (const [id, { wasShown, isShown, fields }] of this.pending) {
      const row = isShown ? this.projection.standing(id)?.row : undefined;
      if (row) body.rows.push(wasShown ? changeOf(row, fields) : row);
      else if (wasShown) body.removed.push(id);
    }
    body.teams = [...this.pendingTeams].flatMap((id) => this.projection.team(id) ?? []);
    this.pending = new Map();
    this.pendingTeams = new Set();
    return isEmpty(body) ? null : body;
  }

  snapshot() {
    return { rows: this.rows(), teams: this.teams() };
  }

  replay(offset: number): Body | null {
    const { history } = this.projection;
    if (offset < history.floor || this.teamsEndedAfter(offset).length > 0) return null;
    const left = history.departuresAfter(offset).filter((departure) => this.hadShown(departure, offset));
    const gone = new Set(left.map(({ agentId }) => agentId).filter((id) => !this.isShown(id)));
    const isLater = ({ v }: { v: number }) => v > offset;
    return { rows: this.rows().filter(isLater), removed: [...gone], teams: this.teams().filter(isLater) };
  }

  /** Frames can't say that a team is gone: then the view has to begin again. */
  exists(): boolean {
    return !this.hasLostTeam && (this.teamId === undefined || this.projection.team(this.teamId) !== null);
  }

  private absorbAgent({ id, before, after, fields }: AgentChange): boolean {
    const wasShown = before !== null && this.shows(before.row);
    const isShown = after !== null && this.shows(after.row);
    if (!wasShown && !isShown) return false;
    if (wasShown && isShown && fields === 0) return false;
    const pending = this.pending.get(id) ?? { wasShown, isShown, fields: 0 };
    pending.fields |= wasShown ? fields : ALL_FIELDS;
    pending.isShown = isShown;
    this.pending.set(id, pending);
    return true;
  }

  private rows(): RosterRow[] {
    if (this.listed) return [...this.listed].flatMap((id) => this.rowOf(id) ?? []);
    return [...this.projection.standings(this.teamId)].map(({ row }) => row);
  }

  private rowOf(id: Id): RosterRow | null {
    const row = this.projection.standing(id)?.row;
    return row && this.shows(row) ? row : null;
  }

  private teams(): RosterTeam[] {
    if (this.listed) return [];
    if (this.teamId === undefined) return [...this.projection.teams()];
    const team = this.projection.team(this.teamId);
    return team ? [team] : [];
  }

  private shows(row: RosterRow): boolean {
    return (!this.listed || this.listed.has(row.id)) && (this.teamId === undefined || row.teamId === this.teamId);
  }

  private isShown(id: Id): boolean {
    return this.rowOf(id) !== null;
  }

  private mayHaveShown(agentId: Id, teamId: Id): boolean {
    return (!this.listed || this.listed.has(agentId)) && (this.teamId === undefined || teamId === this.teamId);
  }

  /** Whether the view had the agent at `offset`, before it left. */
  private hadShown({ agentId, teamId, created, arrived }: Departure, offset: number): boolean {
    return this.mayHaveShown(agentId, teamId) && (this.teamId === undefined ? created : arrived) <= offset;
  }

  private showsTeam(id: Id): boolean {
    return !this.listed && (this.teamId === undefined || this.teamId === id);
  }

  private teamsEndedAfter(offset: number): TeamEnd[] {
    return this.listed || this.teamId ? [] : this.projection.history.teamEndsAfter(offset);
  }
}

/** The row's id and offset, and what changed. */
function changeOf(row: RosterRow, fields: number): RosterRowChange {
  const change: RosterRowChange = { id: row.id, v: row.v };
  const changed = FIELD_NAMES.filter((name) => fields & FIELD[name]).map((name) => [name, row[name]] as const);
  return Object.assign(change, Object.fromEntries(changed));
}

function isEmpty({ rows, removed, teams }: Body): boolean {
  return rows.length + removed.length + teams.length === 0;
}

/** The greatest of many numbers, too many for the arguments of one call. */
function greatest(least: number, ...lists: number[][]): number {
  return lists.flat().reduce((most, each) => Math.max(most, each), least);
}
