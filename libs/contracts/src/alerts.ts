/** Limits that supervisors set, and the alerts that are raised while they are crossed. */
import type { Position } from './events.js';
import type { Id, Reference, Timestamp } from './views.js';

/** What a threshold measures. */
export type ThresholdKind =
  /**
   * Interactions of each agent in the last `window`, in both directions. `above` looks at active agents, `below` only
   * at those who are available or busy: nobody is too quiet who isn't there.
   */
  | 'density'
  /**
   * Open conversations of each agent divided by its capacity: 1 is full. `above` and `below` look at agents as with
   * `density`; an agent with capacity 0 is not measured.
   */
  | 'load'
  /** Seconds for which the customer who waits longest for an answer has waited, in the scope as a whole. */
  | 'waiting'
  /** Agents who are available, in the scope as a whole. */
  | 'staffing';

/** On which side of the value a threshold is crossed; at the value itself it is not. */
export type Comparison = 'above' | 'below';

/** Of which of its four windows a density threshold looks at. */
export type DensityWindow = 'm1' | 'm5' | 'm15' | 'h1';

/** What a threshold looks at. */
export interface ThresholdScope {
  /**
   * The agents of this team; for `waiting` the open conversations of its agents, and those of the team that nobody
   * has. Null: the whole workspace.
   */
  teamId: Id | null;
}

/** When a threshold is crossed. */
export interface ThresholdCondition {
  kind: ThresholdKind;
  scope: ThresholdScope;
  /** `waiting` has only `above`. */
  comparison: Comparison;
  /**
   * In the unit of the kind: interactions (whole, 0 to 1,000,000), a ratio (0 to 100), seconds (whole, 1 to
   * 2,592,000), agents (whole, 0 to 100,000).
   */
  value: number;
  /** Of `density`; null for the others. */
  window: DensityWindow | null;
  /**
   * For how many minutes without a break it must be crossed before an alert is raised, and not be crossed before that
   * is cleared again; 0 to 1,440. 0: at once.
   */
  forMinutes: number;
}

export interface ThresholdView extends ThresholdCondition {
  id: Id;
  name: string;
  /** Only enabled ones are watched. */
  enabled: boolean;
  /** How many of its alerts are open. */
  openAlerts: number;
  version: number;
  createdAt: Timestamp;
  updatedAt: Timestamp;
}

/** As for a threshold; without `teamId` it is the whole workspace. */
export interface ThresholdScopeInput {
  teamId?: Id | null;
}

export interface CreateThresholdRequest {
  /** 1 to 100 characters, not yet the name of another. */
  name: string;
  kind: ThresholdKind;
  /** Default: the whole workspace. */
  scope?: ThresholdScopeInput;
  comparison: Comparison;
  value: number;
  /** Only for `density`; default `m5`. */
  window?: DensityWindow | null;
  /** Default 0. */
  forMinutes?: number;
  /** Default true. */
  enabled?: boolean;
}

/** What changes. Its kind stays. A changed condition begins anew: alerts that it has raised are cleared. */
export type UpdateThresholdRequest = Partial<Omit<CreateThresholdRequest, 'kind'>>;

/** Why an alert was cleared. */
export type AlertClearing =
  /** The threshold is not crossed any more, or what it looked at is gone. */
  | 'recovered'
  /** The threshold was changed, disabled or deleted. */
  | 'threshold_changed';

/** That a threshold is crossed, or was. While it is open, the threshold has no other about the same. */
export interface AlertView {
  id: Id;
  thresholdId: Id;
  /** The threshold's name, as it was when the alert was raised; so is its condition. */
  name: string;
  condition: ThresholdCondition;
  /** Whom it is about, for `density` and `load`; else null. */
  agent: Reference | null;
  /** The agent's team when it was raised, or the team of the scope; null: the whole workspace. */
  team: Reference | null;
  /** What was measured when it was raised, in the unit of the kind. */
  value: number;
  raisedAt: Timestamp;
  /** Null: it is open. */
  clearedAt: Timestamp | null;
  clearedBecause: AlertClearing | null;
}

/** Subscribe on `/dashboard` to all alerts of the workspace. With the position of an earlier view it may be a replay. */
export interface SubscribeAlerts extends Partial<Position> {
  topic: 'alerts';
}

interface AlertFrame extends Position {
  subscription: string;
  /** The server's time as of which this is current. */
  asOf: Timestamp;
}

/** An alert was raised, or cleared if it has `clearedAt`. It is whole, as it became by that. */
export interface AlertEvent extends AlertFrame {
  /** Apply only if this is the view's offset. */
  prev: number;
  alert: AlertView;
}

/** The alerts to begin with: all that are open, oldest first; or what an earlier view missed, in its order. */
export type AlertsSubscription = AlertFrame &
  ({ mode: 'snapshot'; alerts: AlertView[] } | { mode: 'replay'; deltas: AlertEvent[] });
