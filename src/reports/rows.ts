/** Rows of reports from what was read. Pure. */
import type { DurationSummary, OccupancyReportRow, PresenceReportRow, PresenceState } from '#contracts';
import type { Tally } from '../density/history.queries.js';
import type { Subject } from './subjects.queries.js';
import type { Occupied, Summary } from './time.queries.js';

const HOUR_MS = 3_600_000;
const NONE: DurationSummary = { count: 0, averageMs: null, medianMs: null, longestMs: null };

/** Time in each state, by subject. */
export type StateTimes = readonly { subject: string; state: PresenceState; ms: number }[];

export function presenceRow({ id, agent, team }: Subject, times: StateTimes): PresenceReportRow {
  const timeMs = timesOf(id, times);
  const known = timeMs.available + timeMs.busy + timeMs.away + timeMs.offline;
  return { agent, team, timeMs, presentShare: share(timeMs.available + timeMs.busy, known) };
}

/** What is known of all subjects of a page. */
export interface Measured {
  states: StateTimes;
  occupied: readonly Occupied[];
  handled: readonly Summary[];
  waited: readonly Summary[];
  /** By agent. */
  counts: ReadonlyMap<string, Tally>;
}

export function occupancyRow({ id, agent, team, agentIds }: Subject, measured: Measured): OccupancyReportRow {
  const { available, busy } = timesOf(id, measured.states);
  const presentMs = available + busy;
  const of = <Row extends { subject: string }>(rows: readonly Row[]) => rows.find(({ subject }) => subject === id);
  const { occupiedMs = 0, openMs = 0, openWhilePresentMs = 0 } = of(measured.occupied) ?? {};
  const { inbound, outbound } = sum(agentIds.flatMap((agentId) => measured.counts.get(agentId) ?? []));
  return {
    agent,
    team,
    presentMs,
    availableMs: available,
    occupiedMs,
    occupancy: share(occupiedMs, presentMs),
    openMs,
    concurrency: share(openWhilePresentMs, presentMs),
    handled: summaryOf(of(measured.handled)),
    waited: summaryOf(of(measured.waited)),
    inbound,
    outbound,
    interactionsPerAvailableHour: share(inbound + outbound, available / HOUR_MS),
  };
}

function timesOf(subject: string, times: StateTimes): Record<PresenceState, number> {
  const found = { available: 0, busy: 0, away: 0, offline: 0 };
  for (const row of times) if (row.subject === subject) found[row.state] = row.ms;
  return found;
}

function summaryOf(row: Summary | undefined): DurationSummary {
  if (!row) return NONE;
  const { count, averageMs, medianMs, longestMs } = row;
  return { count, averageMs, medianMs, longestMs };
}

function sum(tallies: Tally[]): Tally {
  return tallies.reduce(
    (total, { inbound, outbound }) => ({ inbound: total.inbound + inbound, outbound: total.outbound + outbound }),
    { inbound: 0, outbound: 0 },
  );
}

/** Nothing of nothing has no share. */
function share(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}
