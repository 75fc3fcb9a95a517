/** Who changed what, and when. */
import type { Id, Timestamp } from './views.js';

/** What a change can be of. */
export type AuditTargetKind =
  | 'agent'
  | 'team'
  | 'api_key'
  | 'session'
  | 'conversation'
  | 'contact'
  | 'channel'
  | 'workspace'
  | 'threshold'
  | 'webhook';

/** Who did it. */
export interface AuditActor {
  /** An agent, an API key on behalf of its maker, or the product itself. */
  kind: 'agent' | 'api_key' | 'system';
  /** The agent, also behind a key; null: the product itself. */
  id: Id | null;
  /** As the agent is called now, or was when it was deleted. */
  name: string | null;
}

/** What was changed. */
export interface AuditTarget {
  kind: AuditTargetKind;
  id: Id;
  /** As it is called now, or was when it was deleted; null where it has no name, and for customers. */
  name: string | null;
}

/** One change. Entries are only added; each carries the hash of the chain up to it. */
export interface AuditEntryView {
  id: Id;
  /** Its place in the workspace's chain: 1, 2, 3, … in the order in which changes became true. */
  seq: number;
  at: Timestamp;
  actor: AuditActor;
  /** For example `agent.deactivated`. */
  action: string;
  target: AuditTarget;
  /** The members that changed, as they were; null: nothing to compare with. No secret and no customer's number. */
  before: { [member: string]: unknown } | null;
  after: { [member: string]: unknown } | null;
  reason: string | null;
  /** The request that did it: `X-Request-Id` of its answer, and in the logs. */
  requestId: string | null;
  /** SHA-256 of the hash before and of this entry, in hex. `muster audit verify` follows them. */
  hash: string;
}
