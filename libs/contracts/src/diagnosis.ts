/** Why somebody can't log in, or gets no work: everything that decides it, each with what to do. */
import type { Id, Lifecycle, Reference } from './views.js';

/** What is looked at, in the order in which one would mend it. */
export type DiagnosisCheckName =
  /** Whether an agent of the workspace has this e-mail. */
  | 'email'
  /** Whether the agent is active. */
  | 'agent_status'
  /** Whether the agent's team is active. */
  | 'team_status'
  /** Whether a password is set, or an invitation to set one is open. */
  | 'password'
  /** Whether too many failed logins keep the account locked for now. */
  | 'lock_out'
  /** Sessions and the last login. */
  | 'sessions'
  /** Whether the team may open the inbox. */
  | 'inbox'
  /** Whether the team may watch the live dashboard. */
  | 'dashboard'
  /** Whether what is derived follows the blueprint. */
  | 'sync'
  /** Whether conversations can be assigned to the agent now. */
  | 'assignable';

/** One thing that was looked at. */
export interface DiagnosisCheck {
  check: DiagnosisCheckName;
  /** Whether it is as it should be for logging in and working. */
  ok: boolean;
  /** What was found. */
  detail: string;
  /** What to do; null: nothing. */
  remedy: string | null;
}

/** An agent of the workspace with an e-mail like the one asked for. */
export interface SimilarAgent {
  id: Id;
  name: string;
  email: string;
  status: Lifecycle;
  /** What differs: only what stands around it, the part after `+`, or one character. */
  difference: 'spelling' | 'tag' | 'one_character';
}

/** What decides whether somebody with an e-mail can log in now, and work. */
export interface Diagnosis {
  /** As it was asked for, without spaces around it. */
  email: string;
  /** Whether an agent of the workspace logs in with it. */
  found: boolean;
  agent: { id: Id; name: string; email: string; status: Lifecycle; team: Reference } | null;
  /** Whether a login with the right password, from wherever, would succeed now. */
  canLogin: boolean;
  /** Whether a conversation could be assigned to the agent now. */
  assignable: boolean;
  checks: DiagnosisCheck[];
  /** Others whom may be meant; empty when the agent was found. */
  similar: SimilarAgent[];
}
