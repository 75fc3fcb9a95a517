import type { AssignableAgent, AssignableDelta, ExcludedAgent, Id, NotAssignableReason } from '#contracts';
import { loadRatio } from '../../conversations/assignability.js';
import type { AgentChange, Change, Projection } from '../projection/projection.js';
import { ASSIGNABLE_FIELDS } from '../projection/row.js';
import type { Standing } from '../projection/standing.js';
import type { View } from './view.js';

type Body = Pick<AssignableDelta, 'upserts' | 'removed'>;

/** Whose list it is. */
export interface AssignableScope {
  /** Only agents of this team will do. */
  teamId?: Id;
  /** Whether the viewer may know who is left out, and why. */
  showsReasons: boolean;
}

/** Who can take the next conversation; who can't, and why, for those who may know. */
export class AssignableView implements View {
  readonly event = 'assignable.delta';
  /** Whose place may have changed, and whether the audience had them in the list. */
  private pending = new Map<Id, boolean>();

  constructor(
    private readonly projection: Projection,
    private readonly scope: AssignableScope,
  ) {}

  lastOffset(): number {
    const { history } = this.projection;
    let last = history.floor;
    for (const { marks } of this.projection.standings(this.scope.showsReasons ? undefined : this.scope.teamId)) {
      last = Math.max(last, this.markOf(marks));
    }
    return history.departuresAfter(history.floor).reduce((most, { offset }) => Math.max(most, offset), last);
  }

  absorb(change: Change): boolean {
    let isRelevant = false;
    for (const agent of change.agents) {
      if (!this.concerns(agent)) continue;
      if (!this.pending.has(agent.id)) this.pending.set(agent.id, agent.before !== null && this.isListed(agent.before));
      isRelevant = true;
    }
    return isRelevant;
  }

  drain(): Body | null {
    const body: Body = { upserts: [], removed: [] };
    for (const [id, wasListed] of this.pending) this.place(id, wasListed, body);
    this.pending = new Map();
    return body.upserts.length + body.removed.length > 0 ? body : null;
  }

  snapshot(): { rows: AssignableAgent[]; excluded: ExcludedAgent[] } {
    const all = [...this.projection.standings()];
    const rows = all.filter((standing) => this.isListed(standing)).sort(byLoad);
    const excluded = this.scope.showsReasons ? all.filter((standing) => !this.isListed(standing)) : [];
    return { rows: rows.map(toAgent), excluded: excluded.map((standing) => this.toExcluded(standing)) };
  }

  replay(offset: number): Body | null {
    const { history } = this.projection;
    if (offset < history.floor) return null;
    const body: Body = { upserts: [], removed: [] };
    const left = history.departuresAfter(offset).filter(({ created }) => created <= offset);
    const changed = new Set(left.map(({ agentId }) => agentId));
    for (const { row, marks } of this.projection.standings()) if (this.markOf(marks) > offset) changed.add(row.id);
    for (const id of changed) this.place(id, true, body);
    return body;
  }

  exists(): boolean {
    return this.scope.teamId === undefined || this.projection.team(this.scope.teamId) !== null;
  }

  private concerns({ before, after, fields }: AgentChange): boolean {
    const was = before !== null && this.isListed(before);
    const is = after !== null && this.isListed(after);
    if (was !== is) return true;
    if (is) return (fields & ASSIGNABLE_FIELDS) !== 0;
    return this.scope.showsReasons && this.reasonsOf(before) !== this.reasonsOf(after);
  }

  /** Says where the agent is now. One who is gone has no reasons. */
  private place(id: Id, wasListed: boolean, body: Body): void {
    const standing = this.projection.standing(id);
    if (standing && this.isListed(standing)) body.upserts.push(toAgent(standing));
    else if (standing && this.scope.showsReasons) body.removed.push(this.toExcluded(standing));
    else if (wasListed || this.scope.showsReasons) body.removed.push({ agentId: id, reasons: [] });
  }

  private isListed({ row, reasons }: Standing): boolean {
    return reasons.length === 0 && (this.scope.teamId === undefined || row.teamId === this.scope.teamId);
  }

  private toExcluded({ row, reasons }: Standing): ExcludedAgent {
    const isElsewhere = this.scope.teamId !== undefined && row.teamId !== this.scope.teamId;
    const all: NotAssignableReason[] = isElsewhere ? [...reasons, 'other_team'] : [...reasons];
    return { agentId: row.id, reasons: all };
  }

  private reasonsOf(standing: Standing | null): string | null {
    return standing && this.toExcluded(standing).reasons.join();
  }

  private markOf([, standing, place]: Standing['marks']): number {
    return this.scope.showsReasons ? standing : place;
  }
}

function toAgent({ row }: Standing): AssignableAgent {
  return { agentId: row.id, name: row.name, teamId: row.teamId, load: row.load, density: row.density };
}

/** Least loaded first; of equals the one with fewer open; then in a fixed order. */
function byLoad(a: Standing, b: Standing): number {
  const [first, second] = [a.row.load, b.row.load];
  return compare(loadRatio(first), loadRatio(second)) || first.open - second.open || compare(a.row.id, b.row.id);
}

function compare<T extends number | string>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
