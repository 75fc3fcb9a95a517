/** What answers say of rights that were taken away. */
import type { AgentView, ApiKeyView, Id, TeamView, Timestamp } from './views.js';

/** What took rights away. */
export type RevocationCause =
  | 'agent_deactivated'
  | 'agent_deleted'
  | 'agent_moved'
  | 'phone_hidden'
  | 'password_changed'
  | 'team_deactivated'
  | 'team_reduced'
  | 'team_deleted'
  | 'session_ended'
  | 'logout'
  | 'refresh_reused'
  | 'api_key_revoked';

/** How one node obeyed. */
export interface ReceiptNode {
  node: string;
  /** It closed what had to be closed; or its lease ran out, so it can't send any more; or neither could be established. */
  outcome: 'applied' | 'expired' | 'unconfirmed';
  /** Sockets it closed. */
  sockets: number;
  /** Milliseconds after the commit. */
  ms: number;
}

/** Proof that rights were taken away everywhere: what ended, and how each node obeyed. */
export interface Receipt {
  id: Id;
  cause: RevocationCause;
  /** Counts all revocations in the order of their commits; null while that is not known. */
  revision: number | null;
  /** Sessions ended; or, with a team that became inactive, suspended. */
  sessions: number;
  /** API keys ended, or suspended with the team. */
  keys: number;
  /** Sockets closed, on all nodes. */
  sockets: number;
  /** Open conversations that were taken from who may not answer any more. */
  conversationsReleased: number;
  /** Lists of assignable agents that somebody left: a team's, and the workspace's. */
  listsLeft: number;
  nodes: ReceiptNode[];
  /** Milliseconds from the commit until every node had obeyed. */
  elapsedMs: number;
  /** `pending`: some node could not confirm yet and its lease could not be seen to end; look again later. */
  enforcement: 'complete' | 'pending';
  /** When it was committed. */
  at: Timestamp;
}

/** An agent after a change; with the receipt when rights were taken away. */
export interface ChangedAgentView extends AgentView {
  receipt?: Receipt;
}

/** What logging out answers. */
export interface LogoutAnswer {
  receipt: Receipt;
}

/** A team after a change; with the receipt when rights were taken away. */
export interface ChangedTeamView extends TeamView {
  receipt?: Receipt;
}

/** An API key that was ended. */
export interface EndedApiKeyView extends ApiKeyView {
  receipt: Receipt;
}
