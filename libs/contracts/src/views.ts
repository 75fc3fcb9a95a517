/** What Muster shows: the JSON bodies of answers and frames. Times are ISO-8601 UTC with milliseconds. */
import type { Permission } from './permissions.js';

/** A UUID (version 7 when Muster made it). */
export type Id = string;
/** An ISO-8601 time in UTC with milliseconds, for example `2026-11-23T10:15:30.123Z`. */
export type Timestamp = string;

/** Set by an administrator. */
export type Lifecycle = 'active' | 'inactive';
/** Chosen by the agent, or set by a supervisor; never by a heartbeat. */
export type Availability = 'available' | 'busy' | 'away';
/** What is shown: `offline` when inactive or not connected, else the availability. */
export type PresenceState = Availability | 'offline';
/**
 * What becomes of the open conversations of who may not answer any more: `unassign` leaves them to whoever takes them,
 * `reassign` also gives each to the least loaded assignable agent of its team, if there is one.
 */
export type ReleasePolicy = 'unassign' | 'reassign';
/** From the customer, or to the customer. */
export type Direction = 'inbound' | 'outbound';
/** A resolved conversation needs nothing more for now. */
export type ConversationStatus = 'open' | 'resolved';

/** One page of a list. */
export interface Page<T> {
  data: T[];
  page: {
    /** Pass it as `cursor` for the next page; null on the last one. */
    next: string | null;
    hasMore: boolean;
  };
}

/** Something named, referred to. */
export interface Reference {
  id: Id;
  name: string;
}

/** How far derived things of a team have been brought to its blueprint's version. */
export interface TeamSync {
  /** The blueprint's version. */
  version: number;
  /** Agents whose derived things are at that version. */
  synced: number;
  /** Agents of the team. */
  total: number;
}

/** A team: its blueprint is what its agents may do. */
export interface TeamView {
  id: Id;
  name: string;
  description: string | null;
  /** Agents of an inactive team may nothing. */
  status: Lifecycle;
  /** The blueprint. */
  permissions: Permission[];
  /** Open conversations an agent of the team may have, unless the agent says otherwise. */
  capacity: number;
  releasePolicy: ReleasePolicy;
  /** Whether conversations of the team that nobody has are given to its agents as these become assignable. */
  autoAssign: boolean;
  /** Counts every change of the team; the ETag. */
  version: number;
  /** How many agents are in it. */
  agents: number;
  sync: TeamSync;
  createdAt: Timestamp;
  updatedAt: Timestamp;
}

/** Whether an agent is here, and wants work. */
export interface PresenceView {
  state: PresenceState;
  availability: Availability;
  /** Whether the inbox is open somewhere. */
  connected: boolean;
  /** Since when `state` holds. */
  since: Timestamp;
}

/** How much an agent, or a team, has to do. */
export interface LoadView {
  /** Open conversations assigned. */
  open: number;
  /** How many there may be. */
  capacity: number;
  /** open / capacity; may exceed 1; null when capacity is 0. */
  ratio: number | null;
}

/** Customers who wait for an answer. */
export interface WaitingView {
  /** Open conversations whose last message is the customer's. */
  count: number;
  /** Since when the one waiting longest waits; null when none waits. */
  oldestAt: Timestamp | null;
}

/** Interactions in the last 1, 5, 15 and 60 minutes, rolling in steps of 5 seconds. */
export interface DensityWindows {
  m1: number;
  m5: number;
  m15: number;
  h1: number;
}

/** Density with both directions together, and apart. */
export interface DensityView extends DensityWindows {
  inbound: DensityWindows;
  outbound: DensityWindows;
}

/** How far derived things of an agent have been brought to the blueprint's version. */
export interface AgentSync {
  /** The version of the team's blueprint. */
  version: number;
  /** The version the agent's derived things are at; 0 before the first sync. */
  syncedVersion: number;
  syncedAt: Timestamp | null;
}

/** An agent, with everything that is known about it now. */
export interface AgentView {
  id: Id;
  name: string;
  email: string;
  /** The agent's own number, E.164. */
  phone: string;
  /** Decides the agent's permissions. */
  team: Reference;
  /** An inactive agent can not log in, and nothing it holds works. */
  status: Lifecycle;
  /** Whether the agent sees customers' numbers only masked. */
  hidePhone: boolean;
  /** Operational notes, for administrators. */
  notes: string | null;
  /** The agent's own capacity; null: the team's. `load.capacity` is what counts. */
  capacity: number | null;
  presence: PresenceView;
  load: LoadView;
  waiting: WaitingView;
  density: DensityView;
  sync: AgentSync;
  /** When the inbox was last open somewhere; null when it never was. */
  lastSeenAt: Timestamp | null;
  createdAt: Timestamp;
  updatedAt: Timestamp;
  /** Counts every change of the agent; the ETag. */
  version: number;
}

/** A single-use token with which an agent sets a password. Shown once. */
export interface Invitation {
  /** Null when it was mailed to the agent: then nobody else gets to see it. */
  token: string | null;
  expiresAt: Timestamp;
}

/** The answer to creating an agent; `invitation` when no password was given. */
export interface CreatedAgentView extends AgentView {
  invitation?: Invitation;
}

/** The caller: who, in which team, with which rights, now. */
export interface Me {
  agent: { id: Id; name: string; email: string };
  team: Reference;
  workspace: { id: Id; name: string; slug: string };
  permissions: Permission[];
  /** Whether customers' numbers are masked for the caller. */
  hidePhone: boolean;
  /** Which version of the team's blueprint `permissions` is. */
  blueprintVersion: number;
}

/** The credentials of a session. */
export interface LoginAnswer {
  /** Sent as Bearer, and in the `auth` of sockets. */
  accessToken: string;
  /** For the next pair; works once. */
  refreshToken: string;
  /** Seconds the access token lives. */
  expiresIn: number;
  agent: Me['agent'];
}

/** A credential for another service, which acts with a part of its maker's rights and ends with its maker. */
export interface ApiKeyView {
  id: Id;
  name: string;
  permissions: Permission[];
  createdBy: Reference;
  lastUsedAt: Timestamp | null;
  createdAt: Timestamp;
}

/** The answer to creating an API key: the key itself is shown once. */
export interface CreatedApiKeyView extends ApiKeyView {
  /** `msk_…`, used as Bearer. */
  key: string;
}

/** A WhatsApp number of the workspace. */
export interface ChannelView {
  id: Id;
  name: string;
  /** Meta's id of the number, `metadata.phone_number_id` in deliveries. */
  phoneNumberId: string;
  /** The team that new conversations of this number belong to. */
  team: Reference | null;
  /** Where messages are sent to. */
  apiBaseUrl: string;
  /** Whether a token for sending is stored; the token itself is never shown. */
  hasToken: boolean;
  createdAt: Timestamp;
}

/** A customer, as the viewer may see it. */
export interface ContactView {
  id: Id;
  name: string | null;
  /** E.164, or the masked form for a viewer with Hide Phone; null when WhatsApp withheld the number. */
  phone: string | null;
  /** Whether `phone` is not the whole number. */
  masked: boolean;
}

/** A conversation with a customer. */
export interface ConversationView {
  id: Id;
  /** The id another system knows it by; null for viewers with Hide Phone, since it may hold the number. */
  externalId: string | null;
  status: ConversationStatus;
  team: Reference | null;
  /** Who has it; null: nobody. */
  assignee: Reference | null;
  contact: ContactView;
  /** End of WhatsApp's 24-hour customer service window; null when no customer message is known. */
  windowExpiresAt: Timestamp | null;
  lastMessageAt: Timestamp | null;
  /** Time of the first customer message not answered yet; null when nobody waits. */
  waitingSince: Timestamp | null;
  createdAt: Timestamp;
  /** Counts every change of the conversation; the ETag. */
  version: number;
}

/** What became of a batch of interactions. */
export interface IngestAnswer {
  /** Counted now. */
  accepted: number;
  /** Known before, or twice in the batch; counted once. */
  duplicates: number;
  /** Those that were not taken, by their place in the batch (0 is the first); the others were. */
  rejected: { index: number; code: string; detail: string }[];
}

/** Why an agent can't be given a conversation. */
export type NotAssignableReason =
  /** The agent is inactive. */
  | 'inactive'
  /** The agent's team is inactive. */
  | 'team_inactive'
  /** The team's blueprint has no `inbox.reply`. */
  | 'no_reply_permission'
  /** The agent's inbox is open nowhere. */
  | 'offline'
  /** The agent said so. */
  | 'busy'
  /** The agent said so, or has not said otherwise yet. */
  | 'away'
  /** The agent has as many open conversations as it may have. */
  | 'at_capacity'
  /** The agent is in another team than the one asked for. */
  | 'other_team';

/** An agent a conversation can be assigned to. */
export interface AssignableAgent {
  agentId: Id;
  name: string;
  teamId: Id;
  load: LoadView;
  density: DensityWindows;
}

/** An agent left out of the assignable list. `reasons` is empty for viewers who may not know. */
export interface ExcludedAgent {
  agentId: Id;
  reasons: NotAssignableReason[];
}

/** Who can take the next conversation, least loaded first. */
export interface AssignableList {
  /** With `offset`: the position of the list, for `subscribe` on `/inbox`. */
  epoch: string;
  offset: number;
  /** The server's time the list was current. */
  asOf: Timestamp;
  data: AssignableAgent[];
  excluded: ExcludedAgent[];
}

/** One agent on the live dashboard. */
export interface RosterRow {
  id: Id;
  name: string;
  teamId: Id;
  status: Lifecycle;
  presence: { state: PresenceState; since: Timestamp };
  load: LoadView;
  waiting: WaitingView;
  density: DensityWindows;
  /** Offset of the row's last change. */
  v: number;
}

/** A team's aggregates on the live dashboard. */
export interface RosterTeam {
  id: Id;
  name: string;
  status: Lifecycle;
  /** Agents by presence. */
  agents: { total: number; available: number; busy: number; away: number; offline: number };
  load: LoadView;
  waiting: WaitingView;
  density: DensityWindows;
  /** Offset of the aggregates' last change. */
  v: number;
}

/** The live roster at one offset, or the roster at a moment of the past. */
export interface RosterSnapshot {
  /** With `offset`: the position of the roster, for `subscribe` on `/dashboard`. `past`: there is none. */
  epoch: string;
  offset: number;
  /** The server's time the roster was current; of a past one, the moment asked for. */
  asOf: Timestamp;
  rows: RosterRow[];
  teams: RosterTeam[];
}

/** Answer of `/readyz`. 200 while `degraded` (the product works, something derived does not), 503 when not ready. */
export interface Readiness {
  status: 'ready' | 'degraded' | 'unavailable';
  /** What was looked at; `detail` says what a failure means. */
  checks: { name: string; ok: boolean; detail: string | null }[];
}
