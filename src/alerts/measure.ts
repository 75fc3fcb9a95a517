/** Where a threshold is crossed, on the live roster as it is now. Pure. */
import type { RosterRow, RosterTeam, ThresholdCondition, Timestamp } from '#contracts';

/** What thresholds are measured on. */
export interface Floor {
  /** Of a team, or of the workspace. */
  rows(teamId: string | null): Iterable<RosterRow>;
  /** A team; or all teams of the workspace. */
  teams(teamId: string | null): Iterable<RosterTeam>;
  /** Since when, in milliseconds, somebody waits whom nobody has; of a team, or of the workspace. Null: nobody. */
  unassignedSince(teamId: string | null): number | null;
  workspaceId: string;
  now: number;
}

/** A measurement about a subject: an agent, a team or the workspace. */
export interface Reading {
  subjectId: string;
  agentId: string | null;
  teamId: string | null;
  value: number;
}

/** The readings that cross the threshold, by subject. */
export function crossings(condition: ThresholdCondition, floor: Floor): Map<string, Reading> {
  const { comparison, value: limit } = condition;
  const crossed = new Map<string, Reading>();
  for (const reading of readings(condition, floor)) {
    const isCrossed = comparison === 'above' ? reading.value > limit : reading.value < limit;
    if (isCrossed) crossed.set(reading.subjectId, reading);
  }
  return crossed;
}

function* readings(condition: ThresholdCondition, floor: Floor): Generator<Reading> {
  const { kind, scope, comparison } = condition;
  if (kind === 'density' || kind === 'load') {
    for (const row of floor.rows(scope.teamId)) {
      const value = isMeasured(row, comparison) ? valueOf(condition, row) : null;
      if (value !== null) yield { subjectId: row.id, agentId: row.id, teamId: row.teamId, value };
    }
    return;
  }
  const teams = [...floor.teams(scope.teamId)];
  // A team that is gone has nothing to measure.
  if (scope.teamId !== null && teams.length === 0) return;
  const value = kind === 'staffing' ? availableOf(teams) : waitingOf(teams, floor, scope.teamId);
  yield { subjectId: scope.teamId ?? floor.workspaceId, agentId: null, teamId: scope.teamId, value };
}

function isMeasured({ status, presence }: RosterRow, comparison: ThresholdCondition['comparison']): boolean {
  if (status !== 'active') return false;
  return comparison === 'above' || presence.state === 'available' || presence.state === 'busy';
}

function valueOf({ kind, window }: ThresholdCondition, { load, density }: RosterRow): number | null {
  return kind === 'load' ? load.ratio : density[window ?? 'm5'];
}

function availableOf(teams: readonly RosterTeam[]): number {
  return teams.reduce((sum, { agents }) => sum + agents.available, 0);
}

/** Seconds; 0 when nobody waits. */
function waitingOf(teams: readonly RosterTeam[], { unassignedSince, now }: Floor, teamId: string | null): number {
  const times = teams.flatMap(({ waiting }) => timeOf(waiting.oldestAt));
  const unassigned = unassignedSince(teamId);
  const oldest = Math.min(...times, unassigned ?? Infinity);
  return oldest === Infinity ? 0 : Math.max(0, Math.floor((now - oldest) / 1_000));
}

function timeOf(at: Timestamp | null): number[] {
  return at === null ? [] : [Date.parse(at)];
}
