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
export type Direction = 'inbound' | 'outbound';
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

export interface TeamView {
  id: Id;
  name: string;
  description: string | null;
  status: Lifecycle;
  permissions: Permission[];
  /** Open conversations an agent of the team may have, unless the agent says otherwise. */
  capacity: number;
  /** Counts every change of the team; the ETag. */
  version: number;
  /** How many agents are in it. */
  agents: number;
  sync: TeamSync;
  createdAt: Timestamp;
  updatedAt: Timestamp;
}

export interface PresenceView {
  state: PresenceState;
  availability: Availability;
  connected: boolean;
  /** Since when `state` holds. */
  since: Timestamp;
}

export interface LoadView {
  /** Open conversations assigned. */
  open: number;
  /** How many there may be. */
  capacity: number;
  /** open / capacity; may exceed 1; null when capacity is 0. */
  ratio: number | null;
}

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

export interface AgentSync {
  /** The version of the team's blueprint. */
  version: number;
  /** The version the agent's derived things are at; 0 before the first sync. */
  syncedVersion: number;
  syncedAt: Timestamp | null;
}

export interface AgentView {
  id: Id;
  name: string;
  email: string;
  phone: string;
  team: Reference;
  status: Lifecycle;
  hidePhone: boolean;
  notes: string | null;
  /** The agent's own capacity; null: the team's. `load.capacity` is what counts. */
  capacity: number | null;
  presence: PresenceView;
  load: LoadView;
  waiting: WaitingView;
  density: DensityView;
  sync: AgentSync;
  lastSeenAt: Timestamp | null;
  createdAt: Timestamp;
  updatedAt: Timestamp;
  /** Counts every change of the agent; the ETag. */
  version: number;
}

/** A single-use token with which a new agent sets a password. Shown once. */
export interface Invitation {
  token: string;
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
  hidePhone: boolean;
  blueprintVersion: number;
}

export interface LoginAnswer {
  accessToken: string;
  refreshToken: string;
  /** Seconds the access token lives. */
  expiresIn: number;
  agent: Me['agent'];
}

/** An agent's effective permissions and where each comes from. */
export interface EffectivePermissions {
  agentId: Id;
  team: Reference;
  blueprintVersion: number;
  hidePhone: boolean;
  data: { key: Permission; source: { kind: 'team'; id: Id; name: string } }[];
}

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
  team: Reference | null;
  apiBaseUrl: string;
  /** Whether a token for sending is stored; the token itself is never shown. */
  hasToken: boolean;
  createdAt: Timestamp;
}

export interface ContactView {
  id: Id;
  name: string | null;
  /** E.164, or the masked form for a viewer with Hide Phone; null when WhatsApp withheld the number. */
  phone: string | null;
  masked: boolean;
}

export interface ConversationView {
  id: Id;
  externalId: string | null;
  status: ConversationStatus;
  team: Reference | null;
  assignee: Reference | null;
  contact: ContactView;
  /** End of WhatsApp's 24-hour customer service window; null when no customer message is known. */
  windowExpiresAt: Timestamp | null;
  lastMessageAt: Timestamp | null;
  /** Time of the first customer message not answered yet; null when nobody waits. */
  waitingSince: Timestamp | null;
  createdAt: Timestamp;
  version: number;
}

export interface IngestAnswer {
  /** Counted now. */
  accepted: number;
  /** Known before, or twice in the batch; counted once. */
  duplicates: number;
  rejected: { index: number; code: string; detail: string }[];
}

/** Why an agent can't be given a conversation. */
export type NotAssignableReason =
  | 'inactive'
  | 'team_inactive'
  | 'no_reply_permission'
  | 'offline'
  | 'busy'
  | 'away'
  | 'at_capacity'
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
  epoch: string;
  offset: number;
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
  v: number;
}

/** The live roster at one offset. */
export interface RosterSnapshot {
  epoch: string;
  offset: number;
  asOf: Timestamp;
  rows: RosterRow[];
  teams: RosterTeam[];
}

/** Answer of `/readyz`. 200 while `degraded` (the product works, something derived does not), 503 when not ready. */
export interface Readiness {
  status: 'ready' | 'degraded' | 'unavailable';
  checks: { name: string; ok: boolean; detail: string | null }[];
}
