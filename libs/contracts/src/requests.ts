/** What clients send. Unknown fields are refused with `validation_failed`. */
import type { Permission } from './permissions.js';
import type { Availability, Direction, Id, Lifecycle, ReleasePolicy, Timestamp } from './views.js';

/** Who wants to log in. */
export interface LoginRequest {
  email: string;
  password: string;
  /** The workspace's slug; needed only when the e-mail is in several. */
  workspace?: string;
}

export interface RefreshRequest {
  /** The newest one of the session. */
  refreshToken: string;
}

export interface AcceptInvitationRequest {
  /** The token of the invitation. */
  token: string;
  /** The password to log in with. 10 to 200 characters. */
  password: string;
}

export interface CreateTeamRequest {
  /** Unique in the workspace, whatever the case. 1 to 100 characters. */
  name: string;
  description?: string | null;
  /** Default `active`. */
  status?: Lifecycle;
  /** The blueprint: what every agent of the team may do. Only permissions that the caller has. */
  permissions: Permission[];
  /** Open conversations an agent of the team may have. Default 5. 0 to 1,000. */
  capacity?: number;
  /** Default `unassign`. */
  releasePolicy?: ReleasePolicy;
  /** Whether Muster gives the team's conversations that nobody has to its agents by itself. Default false. */
  autoAssign?: boolean;
}

export type UpdateTeamRequest = Partial<CreateTeamRequest>;

export interface CreateAgentRequest {
  name: string;
  /** Unique in the workspace, whatever the case. */
  email: string;
  /** International form, `+` and country code first; stored as E.164. */
  phone: string;
  /** Every agent is linked to a team: it decides the agent's permissions. */
  teamId: Id;
  /** Restrict the agent to masked customer numbers. Default false. */
  hidePhone?: boolean;
  /** Default `active`. */
  status?: Lifecycle;
  /** Operational notes, up to 5,000 characters. */
  notes?: string | null;
  /** The agent's own capacity; null or absent: the team's. */
  capacity?: number | null;
  /** 10 to 200 characters. Without it the answer carries an invitation. */
  password?: string;
}

export type UpdateAgentRequest = Partial<CreateAgentRequest>;

export interface SetPresenceRequest {
  availability: Availability;
}

export interface CreateApiKeyRequest {
  /** What the key is for. */
  name: string;
  /** A subset of the maker's. */
  permissions: Permission[];
}

export interface CreateChannelRequest {
  name: string;
  /** Meta's id of the number, `metadata.phone_number_id` in deliveries. */
  phoneNumberId: string;
  /** Team that new conversations of this number belong to. */
  teamId?: Id | null;
  /** Cloud API access token, stored encrypted, never shown again. */
  token?: string;
  /** Default https://graph.facebook.com */
  apiBaseUrl?: string;
}

/** What is to change; what isn't named stays. */
export interface UpdateChannelRequest {
  name?: string;
  /** Team that new conversations of this number belong to; null: none. */
  teamId?: Id | null;
  /** A new Cloud API access token; null takes it away, and nothing is sent any more. */
  token?: string | null;
  apiBaseUrl?: string;
}

/** One message in or out. */
export interface InteractionInput {
  /** The caller's unique id (for WhatsApp the wamid), 1 to 200 characters. */
  id: string;
  conversationId: Id;
  /** Who handled it; defaults to the conversation's assignee. */
  agentId?: Id | null;
  direction: Direction;
  /** From 7 days ago to 5 minutes ahead. */
  at: Timestamp;
}

export interface IngestRequest {
  /** 1 to 1,000. */
  interactions: InteractionInput[];
}

export interface CreateConversationRequest {
  /** The id another system knows it by; unique in the workspace. */
  externalId?: string | null;
  /** The customer, found by the number or made. International form, `+` and country code first. */
  contact: { name?: string | null; phone: string };
  /** The team whose conversation it is. */
  teamId?: Id | null;
}

/** Another team is to have the conversation. */
export interface TransferRequest {
  teamId: Id;
}

/** Either somebody, or whoever has the least to do. */
export interface AssignRequest {
  /** This agent. */
  agentId?: Id;
  /** Or the one with the least to do. */
  strategy?: 'least-loaded';
  /** With `least-loaded`: only agents of this team. */
  teamId?: Id;
}
