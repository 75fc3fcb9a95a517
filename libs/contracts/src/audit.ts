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

/** What is done to each: `agent.created`, `team.updated`, … Later versions may add to these. */
export type AuditAction =
  | `agent.${'created' | 'updated' | 'activated' | 'deactivated' | 'moved' | 'deleted' | 'invited'}`
  | `agent.${'password_set' | 'password_reset_requested' | 'presence_set' | 'sessions_ended'}`
  | `team.${'created' | 'updated' | 'deleted'}`
  | `api_key.${'created' | 'revoked'}`
  | `session.${'ended' | 'logged_out' | 'refresh_reused'}`
  | `conversation.${'created' | 'assigned' | 'unassigned' | 'released' | 'transferred' | 'resolved' | 'reopened'}`
  | `contact.${'renamed' | 'phone_revealed' | 'merged' | 'erased' | 'exported'}`
  | `channel.${'created' | 'updated'}`
  | `chatwoot_account.${'created' | 'updated' | 'deleted'}`
  | `threshold.${'created' | 'updated' | 'deleted'}`
  | `webhook.${'created' | 'updated' | 'deleted' | 'secret_rotated' | 'tested' | 'disabled'}`;

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
  action: AuditAction;
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

/** An entry of the chain and its hash. */
export interface AuditChainHead {
  /** 0: before the first entry. */
  seq: number;
  /** SHA-256 in hex. Kept elsewhere, it proves later that the chain was not written anew up to here. */
  hash: string;
}

/** What is wrong with the log: it was changed past the product. */
export interface AuditChainBreak {
  /** The first entry concerned, also when it is missing; null: it has no place in the chain. */
  seq: number | null;
  id: Id | null;
  /**
   * `changed`: it or its hash is not what was written · `hole`: entries are missing · `inserted`: its place was taken
   * already · `tail`: the chain and its kept head end in different places · `unchained`: it has no place in the chain ·
   * `rewritten`: a hash that was kept elsewhere is nowhere in the chain.
   */
  kind: 'changed' | 'hole' | 'inserted' | 'tail' | 'unchained' | 'rewritten';
  /** For people. */
  detail: string;
}

/** How far the chain was followed, and what was found. */
export interface AuditVerification {
  /** The last entry up to which everything is as it was written. */
  head: AuditChainHead;
  /** The place of the newest entry. */
  newest: number;
  broken: AuditChainBreak | null;
  /** Ask again with this as `cursor` to go on; null: the end was reached, or a break. */
  next: string | null;
}
