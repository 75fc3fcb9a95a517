/**
 * Applies what the sockets send to a view. Called by live-view.ts with every answer and frame; pure.
 *
 * Guarantees: the result equals the server's state at the result's offset, or is `gap`. A frame that the view
 * already contains changes nothing. Must never happen: a frame applied in part, or onto another epoch.
 */
import type {
  AlertEvent,
  AlertsSubscription,
  AlertView,
  AssignableAgent,
  AssignableDelta,
  AssignableSubscription,
  ExcludedAgent,
  Id,
  Position,
  RosterDelta,
  RosterRow,
  RosterRowChange,
  RosterSubscription,
  RosterTeam,
  Timestamp,
} from '#contracts';

/** What every view knows about itself. */
export interface ViewPosition extends Position {
  /** The server's time this state was current. */
  readonly asOf: Timestamp;
}

/** The agents and teams of the live dashboard at one offset. */
export interface RosterView extends ViewPosition {
  readonly rows: ReadonlyMap<Id, RosterRow>;
  readonly teams: ReadonlyMap<Id, RosterTeam>;
}

/** Who can and who can't take the next conversation at one offset. */
export interface AssignableView extends ViewPosition {
  readonly agents: ReadonlyMap<Id, AssignableAgent>;
  readonly excluded: ReadonlyMap<Id, ExcludedAgent>;
}

/** The open alerts at one offset. */
export interface AlertsView extends ViewPosition {
  /** In the order in which they were raised. */
  readonly alerts: ReadonlyMap<Id, AlertView>;
}

/** `gap`: the frame doesn't follow the view; it must be subscribed again. */
export type Applied<View> = View | 'gap';

/** How the frames of one topic change its view. */
export interface Reducer<View, Answer, Delta> {
  /** The view after the answer to a subscribe; `held` is what a replay continues. */
  start(held: View | null, answer: Answer): Applied<View>;
  /** The view after a delta. */
  apply(view: View, delta: Delta): Applied<View>;
}

interface Step extends ViewPosition {
  prev: number;
}

/** A heartbeat: the view stands where the server says, and is current as of then. */
export function confirm<View extends ViewPosition>(view: View, beat: ViewPosition): Applied<View> {
  return beat.epoch === view.epoch && beat.offset === view.offset ? { ...view, asOf: beat.asOf } : 'gap';
}

export const rosterReducer: Reducer<RosterView, RosterSubscription, RosterDelta> = {
  start(held, answer) {
    if (answer.mode === 'replay') return replay(held, answer, answer.deltas, rosterReducer.apply);
    return {
      ...positionOf(answer),
      rows: byKey(answer.rows, (row) => row.id),
      teams: byKey(answer.teams, (team) => team.id),
    };
  },

  apply(view, delta) {
    return advance(view, delta, () => {
      const rows = mergeRows(view.rows, delta);
      if (rows === 'gap') return 'gap';
      const teams = delta.teams.length === 0 ? view.teams : put(new Map(view.teams), delta.teams, (team) => team.id);
      return { ...positionOf(delta), rows, teams };
    });
  },
};

export const assignableReducer: Reducer<AssignableView, AssignableSubscription, AssignableDelta> = {
  start(held, answer) {
    if (answer.mode === 'replay') return replay(held, answer, answer.deltas, assignableReducer.apply);
    const agents = byKey(answer.rows, (agent) => agent.agentId);
    return { ...positionOf(answer), agents, excluded: byKey(answer.excluded, (agent) => agent.agentId) };
  },

  apply(view, delta) {
    return advance(view, delta, () => {
      const agents = put(new Map(view.agents), delta.upserts, (agent) => agent.agentId);
      const excluded = new Map(view.excluded);
      for (const agent of delta.removed) exclude(agents, excluded, agent);
      for (const { agentId } of delta.upserts) excluded.delete(agentId);
      return { ...positionOf(delta), agents, excluded };
    });
  },
};

export const alertsReducer: Reducer<AlertsView, AlertsSubscription, AlertEvent> = {
  start(held, answer) {
    if (answer.mode === 'replay') return replay(held, answer, answer.deltas, alertsReducer.apply);
    return { ...positionOf(answer), alerts: byKey(answer.alerts, (alert) => alert.id) };
  },

  apply(view, delta) {
    return advance(view, delta, () => {
      const alerts = new Map(view.alerts);
      if (delta.alert.clearedAt === null) alerts.set(delta.alert.id, delta.alert);
      else alerts.delete(delta.alert.id);
      return { ...positionOf(delta), alerts };
    });
  },
};

/** Whoever is left out has reasons; without any, it is gone or not for this viewer to know of. */
function exclude(agents: Map<Id, AssignableAgent>, excluded: Map<Id, ExcludedAgent>, agent: ExcludedAgent): void {
  agents.delete(agent.agentId);
  if (agent.reasons.length > 0) excluded.set(agent.agentId, agent);
  else excluded.delete(agent.agentId);
}

function advance<View extends ViewPosition>(view: View, step: Step, next: () => Applied<View>): Applied<View> {
  if (step.epoch !== view.epoch) return 'gap';
  if (step.offset <= view.offset) return view;
  return step.prev === view.offset ? next() : 'gap';
}

function replay<View extends ViewPosition, Delta>(
  held: View | null,
  answer: ViewPosition,
  deltas: Delta[],
  apply: (view: View, delta: Delta) => Applied<View>,
): Applied<View> {
  if (!held) return 'gap';
  let view = held;
  for (const delta of deltas) {
    const next = apply(view, delta);
    if (next === 'gap') return 'gap';
    view = next;
  }
  return confirm(view, answer);
}

function mergeRows(rows: RosterView['rows'], delta: RosterDelta): Applied<RosterView['rows']> {
  const merged = new Map(rows);
  for (const id of delta.removed) merged.delete(id);
  for (const change of delta.rows) {
    const row = { ...merged.get(change.id), ...change };
    if (!isWhole(row)) return 'gap';
    merged.set(change.id, row);
  }
  return merged;
}

/** Only a whole row may enter the view: a partial one means that we missed the agent's arrival. */
function isWhole(row: RosterRowChange): row is RosterRow {
  return ROW_FIELDS.every((field) => row[field] !== undefined);
}

const ROW_FIELDS = [
  'name',
  'teamId',
  'status',
  'presence',
  'load',
  'waiting',
  'density',
] as const satisfies (keyof RosterRow)[];

function positionOf({ epoch, offset, asOf }: ViewPosition): ViewPosition {
  return { epoch, offset, asOf };
}

function byKey<T>(items: readonly T[], key: (item: T) => Id): Map<Id, T> {
  return put(new Map<Id, T>(), items, key);
}

function put<T>(map: Map<Id, T>, items: readonly T[], key: (item: T) => Id): Map<Id, T> {
  for (const item of items) map.set(key(item), item);
  return map;
}
