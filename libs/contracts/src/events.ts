/**
 * The socket protocol, version 1, typed for both ends.
 *
 * A client connects to `/dashboard` or `/inbox` with `auth: {token, protocol: 1}`, subscribes, and keeps a
 * view by applying deltas: a delta applies if and only if its `epoch` is the client's and its `prev` is the
 * client's offset. Anything else — another epoch, a gap, a heartbeat with another offset, 10 seconds of
 * silence — means the view is stale and must be subscribed again, with the last `epoch` and `offset`.
 */
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
  token: string;
  protocol: number;
}

/** The acknowledgement of every client event. */
export type Ack<T> = { ok: true; data: T } | { ok: false; error: Problem };

/** Where a view stands. */
export interface Position {
  epoch: string;
  offset: number;
}

/** Which agents a roster view shows; neither: the whole workspace. */
export interface RosterScope {
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

export interface RosterDelta extends Frame {
  /** Apply only if this is the view's offset. */
  prev: number;
  rows: RosterRowChange[];
  removed: Id[];
  teams: RosterTeam[];
}

export interface AssignableDelta extends Frame {
  prev: number;
  upserts: AssignableAgent[];
  removed: ExcludedAgent[];
}

export type Heartbeat = Frame;

export interface Resync {
  subscription: string;
  reason: 'epoch' | 'gap' | 'scope_gone' | 'unavailable';
}

export type RosterSubscription = Frame &
  ({ mode: 'snapshot'; rows: RosterRow[]; teams: RosterTeam[] } | { mode: 'replay'; deltas: RosterDelta[] });

export type AssignableSubscription = Frame &
  (
    | { mode: 'snapshot'; rows: AssignableAgent[]; excluded: ExcludedAgent[] }
    | { mode: 'replay'; deltas: AssignableDelta[] }
  );

export interface Unsubscribe {
  subscription: string;
}

export interface TokenRefresh {
  token: string;
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

export interface SessionClosed {
  code: CloseCode;
  reason: string;
  retryable: boolean;
}

interface CommonClientEvents {
  unsubscribe(body: Unsubscribe, ack: (answer: Ack<Record<string, never>>) => void): void;
  'token.refresh'(body: TokenRefresh, ack: (answer: Ack<{ expiresAt: Timestamp }>) => void): void;
}

interface CommonServerEvents {
  heartbeat(body: Heartbeat): void;
  resync(body: Resync): void;
  'permissions.changed'(body: PermissionsChanged): void;
  'session.closed'(body: SessionClosed): void;
}

export interface DashboardClientEvents extends CommonClientEvents {
  subscribe(body: SubscribeRoster, ack: (answer: Ack<RosterSubscription>) => void): void;
}

export interface DashboardServerEvents extends CommonServerEvents {
  'roster.delta'(body: RosterDelta): void;
}

export interface InboxClientEvents extends CommonClientEvents {
  subscribe(body: SubscribeAssignable, ack: (answer: Ack<AssignableSubscription>) => void): void;
  'presence.set'(body: PresenceSet, ack: (answer: Ack<PresenceView>) => void): void;
}

export interface InboxServerEvents extends CommonServerEvents {
  'assignable.delta'(body: AssignableDelta): void;
  'conversation.assigned'(body: ConversationView): void;
  'conversation.unassigned'(body: ConversationView): void;
  'conversation.updated'(body: ConversationView): void;
}
