/**
 * Reports over the past. `docs/reports.md` has the formulas. Times are UTC, stretches of time contain their beginning
 * and not their end, and durations are whole milliseconds.
 */
import type { Id, Reference, Timestamp } from './views.js';

/** How long one bucket of a density report is; days are UTC. */
export type ReportInterval = 'minute' | '5m' | 'hour' | 'day';

/** What one row of a report is about: an agent, or all agents of a team. */
export type ReportGrouping = 'agent' | 'team';

/** Interactions over time. */
export interface DensityReport {
  from: Timestamp;
  to: Timestamp;
  interval: ReportInterval;
  /** When it was counted: what was acknowledged before is in it. */
  asOf: Timestamp;
  /** Every bucket from `from` to `to`, empty ones too. */
  data: DensityBucket[];
}

/** The interactions of one bucket, by their own times and not by that of their arrival. */
export interface DensityBucket {
  /** When the bucket begins. */
  at: Timestamp;
  inbound: number;
  outbound: number;
}

/** Which agents or teams a row is about. Teams are those that agents belong to now. */
export interface ReportSubject {
  /** Null: a team's row. */
  agent: Reference | null;
  team: Reference;
}

/** What a page of rows about agents or teams has beside them. */
export interface PagedReport {
  from: Timestamp;
  /** The end asked for, or now, where that is earlier. */
  to: Timestamp;
  page: {
    /** Pass it as `cursor` for the next page. */
    next: Id | null;
    hasMore: boolean;
  };
}

/** Time in each state of presence. */
export interface PresenceReportRow extends ReportSubject {
  /** Of all agents of the row. Less than from `from` to `to` where an agent was not there all the time. */
  timeMs: PresenceTimes;
  /** The share of known time in `available` or `busy`; null: none is known. */
  presentShare: number | null;
}

/** Milliseconds by state of presence. */
export interface PresenceTimes {
  available: number;
  busy: number;
  away: number;
  offline: number;
}

/** A page of time in state. */
export interface PresenceReport extends PagedReport {
  data: PresenceReportRow[];
}

/** How occupied agents were, and how long things took. */
export interface OccupancyReportRow extends ReportSubject {
  /** Time in `available` or `busy`. */
  presentMs: number;
  /** Time in `available`. */
  availableMs: number;
  /** Present time with at least one open conversation. */
  occupiedMs: number;
  /** `occupiedMs` ÷ `presentMs`; null: never present. */
  occupancy: number | null;
  /** Time of all open conversations of all agents, together, present or not. */
  openMs: number;
  /** Open conversations at a time, on average over present time; null: never present. */
  concurrency: number | null;
  /** Conversations that agents had until they were resolved, handed on or taken away, by when that happened. */
  handled: DurationSummary;
  /** How long customers had waited when they were answered, by when that happened. */
  waited: DurationSummary;
  inbound: number;
  outbound: number;
  /** Interactions in both directions ÷ hours in `available`; null: never available. */
  interactionsPerAvailableHour: number | null;
}

/** Several durations; with `count` 0 the others are null. */
export interface DurationSummary {
  count: number;
  averageMs: number | null;
  medianMs: number | null;
  longestMs: number | null;
}

/** A page of occupancy. */
export interface OccupancyReport extends PagedReport {
  data: OccupancyReportRow[];
}
