/**
 * The socket protocol, version 1, typed for both ends.
 *
 * A client connects to `/dashboard` or `/inbox` with `auth: {token, protocol: 1}`, subscribes, and keeps a
 * view by applying deltas: a delta applies if and only if its `epoch` is the client's and its `prev` is the
 * client's offset. Anything else — another epoch, a gap, a heartbeat with another offset, 10 seconds of
 * silence — means the view is stale and must be subscribed again, with the last `epoch` and `offset`.
 */
import type { AlertEvent, AlertsSubscription, SubscribeAlerts } from './alerts.js';
import type { MessageView } from './messages.js';
import type { Permission } from './permissions.js';
import type { CloseCode, Problem } from './problem.js';
import type {
  AssignableAgent,
  Availability,
  ConversationView,
  ExcludedAgent,
  Id,
  PresenceView,
  RosterRow,
  RosterTeam,
  Timestamp,
} from './views.js';

/** The protocol version this package speaks. */
export const PROTOCOL_VERSION = 1;
/** The server sends a heartbeat per subscription this often. */
export const HEARTBEAT_INTERVAL_MS = 5_000;
/** A view without any frame for this long is stale. */
export const STALE_AFTER_MS = 10_000;

/** `auth` of the connection. */
export interface SocketAuth {
  /** An access token or an API key. */
  token: string;
  /** The protocol version that the client speaks: 1. */
  protocol: number;
}

/** The acknowledgement of every client event. */
export type Ack<T> = { ok: true; data: T } | { ok: false; error: Problem };

/** The answer of an event that has nothing to say but that it was done. */
export type Nothing = Record<string, never>;

/** Where a view stands. */
export interface Position {
  /** Changes when the server had to begin anew; offsets of different epochs can't be compared. */
  epoch: string;
  /** Counts the frames' positions within the epoch. */
  offset: number;
}

/** Which agents a roster view shows; neither: the whole workspace. */
export interface RosterScope {
  /** Only this team. */
  teamId?: Id;
  /** At most 1,000. */
  agentIds?: Id[];
}

/** Subscribe on `/dashboard`. With `epoch` and `offset` of an earlier view the answer may be a replay. */
export interface SubscribeRoster extends Partial<Position> {
  topic: 'roster';
  scope?: RosterScope;
}

/** Subscribe on `/inbox`; without `teamId`: agents of all teams. */
export interface SubscribeAssignable extends Partial<Position> {
  topic: 'assignable';
  /** Only agents of this team. */
  teamId?: Id;
}

/** A row of a delta: `id` and `v`, and only what changed, objects whole. */
export type RosterRowChange = Pick<RosterRow, 'id' | 'v'> & Partial<RosterRow>;

interface Frame extends Position {
  /** Names the audience: the same for all sockets that see the same. */
  subscription: string;
  /** The server's time this state was current. */
  asOf: Timestamp;
}

/** What changed between two offsets of a roster view. Values are absolute: applying one twice does no harm. */
export interface RosterDelta extends Frame {
  /** Apply only if this is the view's offset. */
  prev: number;
  /** Changed and new agents; a new one comes with every field. */
  rows: RosterRowChange[];
  /** Agents that are no longer part of the view. */
  removed: Id[];
  /** Teams whose aggregates changed, whole. */
  teams: RosterTeam[];
}

/** What changed between two offsets of the list of who can take the next conversation. */
export interface AssignableDelta extends Frame {
  /** Apply only if this is the view's offset. */
  prev: number;
  /** Agents that are in the list, new or changed, whole. */
  upserts: AssignableAgent[];
  /** Agents that left the list, with the reasons where the viewer may know them. */
  removed: ExcludedAgent[];
}

/** Where a view should stand. */
export type Heartbeat = Frame;

/** Why a subscription can't be continued. */
export type ResyncReason =
  /** The server had to begin anew. */
  | 'epoch'
  /** A frame was lost on the way to this view. */
  | 'gap'
  /** What the view was limited to does not exist any more. */
  | 'scope_gone'
  /** Live data is not available right now; try again. */
  | 'unavailable';

/** A subscription that can't be continued. */
export interface Resync {
  subscription: string;
  reason: ResyncReason;
}

/** The view to begin with: whole, or what an earlier one missed. */
export type RosterSubscription = Frame &
  ({ mode: 'snapshot'; rows: RosterRow[]; teams: RosterTeam[] } | { mode: 'replay'; deltas: RosterDelta[] });

/** The list to begin with: whole, or what an earlier one missed. */
export type AssignableSubscription = Frame &
  (
    | { mode: 'snapshot'; rows: AssignableAgent[]; excluded: ExcludedAgent[] }
    | { mode: 'replay'; deltas: AssignableDelta[] }
  );

/** What can be subscribed to on `/dashboard`. */
export type SubscribeDashboard = SubscribeRoster | SubscribeAlerts;

/** The beginning of what was subscribed to on `/dashboard`. */
export type DashboardSubscription = RosterSubscription | AlertsSubscription;

export interface Unsubscribe {
  subscription: string;
}

export interface TokenRefresh {
  /** A newer access token of the same session. */
  token: string;
}

/** Until when the socket may stay open. */
export interface TokenRefreshed {
  expiresAt: Timestamp;
}

export interface PresenceSet {
  availability: Availability;
}

/** To the agent's own sockets when what it may do changed. */
export interface PermissionsChanged {
  permissions: Permission[];
  hidePhone: boolean;
  blueprintVersion: number;
}

/** Why the server is about to disconnect. */
export interface SessionClosed {
  code: CloseCode;
  /** For people. */
  reason: string;
  /** Whether connecting again, perhaps with a new token, can help. */
  retryable: boolean;
}

interface CommonClientEvents {
  /** Ends a subscription: no more of its frames are sent. */
  unsubscribe(body: Unsubscribe, ack: (answer: Ack<Nothing>) => void): void;
  /** Keeps the socket open beyond its token's life. */
  'token.refresh'(body: TokenRefresh, ack: (answer: Ack<TokenRefreshed>) => void): void;
}

interface CommonServerEvents {
  /**
   * Every 5 seconds for each subscription, also when nothing changes. An offset that is not the view's own means that
   * a frame was missed: subscribe again.
   */
  heartbeat(body: Heartbeat): void;
  /** The subscription can't be continued: subscribe again. */
  resync(body: Resync): void;
  /** To the agent's own sockets: what it may do is different from now on, without connecting again. */
  'permissions.changed'(body: PermissionsChanged): void;
  /** Right before the server disconnects. */
  'session.closed'(body: SessionClosed): void;
}

export interface DashboardClientEvents extends CommonClientEvents {
  /**
   * Asks for the live roster, of everybody or of a part, and for every change from then on. With the position of an
   * earlier view the answer is what was missed since, where that is still known; else the whole roster. With the topic
   * `alerts`: the same for the alerts of the workspace.
   */
  subscribe(body: SubscribeDashboard, ack: (answer: Ack<DashboardSubscription>) => void): void;
}

export interface DashboardServerEvents extends CommonServerEvents {
  /** The roster changed. */
  'roster.delta'(body: RosterDelta): void;
  /** A threshold is crossed. */
  'alert.raised'(body: AlertEvent): void;
  /** An alert is over. */
  'alert.cleared'(body: AlertEvent): void;
}

export interface InboxClientEvents extends CommonClientEvents {
  /** Asks who can take the next conversation, least loaded first, and for every change from then on. */
  subscribe(body: SubscribeAssignable, ack: (answer: Ack<AssignableSubscription>) => void): void;
  /** Sets the own availability. An open `/inbox` socket is what makes the agent connected. */
  'presence.set'(body: PresenceSet, ack: (answer: Ack<PresenceView>) => void): void;
}

export interface InboxServerEvents extends CommonServerEvents {
  /** The list of who can take the next conversation changed. */
  'assignable.delta'(body: AssignableDelta): void;
  /** A conversation was given to somebody. */
  'conversation.assigned'(body: ConversationView): void;
  /** A conversation was taken from somebody, and is nobody's. */
  'conversation.unassigned'(body: ConversationView): void;
  /** Anything else about a conversation changed. */
  'conversation.updated'(body: ConversationView): void;
  /**
   * A message came, or was written, in a conversation that the agent has. Keep it by its
   * `id`, whichever of the two events comes first. After a lost connection read the list: what was
   * missed is not told again.
   */
  'message.created'(body: MessageView): void;
  /** A message of such a conversation was sent, delivered, read, or failed. */
  'message.updated'(body: MessageView): void;
}
