/** What happened to an agent, from all that keeps a history, as one list. */
import type { AuditAction } from './audit.js';
import type { Receipt } from './receipts.js';
import type { Availability, Id, PresenceState, Reference, Timestamp } from './views.js';

/** Who did it. */
export interface TimelineActor {
  /** An agent, an API key on behalf of its maker, or the product itself. */
  kind: 'agent' | 'api_key' | 'system';
  /** The agent, also behind a key; null: the product itself. */
  id: Id | null;
  name: string | null;
}

/** Somebody changed the agent, or set something for it. */
export interface AuditTimelineEntry {
  kind: 'audit';
  id: Id;
  at: Timestamp;
  action: AuditAction;
  actor: TimelineActor;
  /** The members that changed, as they were; null: nothing to compare with. */
  before: { [member: string]: unknown } | null;
  after: { [member: string]: unknown } | null;
  reason: string | null;
  /** The request that did it; the logs have it. */
  requestId: string | null;
}

/** A stretch of time in one state of presence begins. */
export interface PresenceTimelineEntry {
  kind: 'presence';
  id: Id;
  at: Timestamp;
  state: PresenceState;
  availability: Availability;
  connected: boolean;
  /** For example `connected`, `lost` or `set_by_other`. */
  cause: string;
  /** When it ended; null: it lasts. */
  endedAt: Timestamp | null;
}

/** The agent got a conversation, or lost it. */
export interface AssignmentTimelineEntry {
  kind: 'assignment';
  id: Id;
  at: Timestamp;
  /** `conversation.assigned`, `conversation.unassigned` or `conversation.released`. */
  action: Extract<AuditAction, `conversation.${string}`>;
  conversationId: Id;
  actor: TimelineActor;
  /** Who had it; null: nobody. */
  from: Reference | null;
  /** Who has it from then on; null: nobody. */
  to: Reference | null;
}

/** The newest sync of what is derived from the agent's rights; older ones are not kept. */
export interface SyncTimelineEntry {
  kind: 'sync';
  id: Id;
  at: Timestamp;
  /** The version of the team's blueprint it was brought to. */
  version: number;
}

/** Rights of the agent were taken away. */
export interface ReceiptTimelineEntry {
  kind: 'receipt';
  id: Id;
  at: Timestamp;
  receipt: Receipt;
}

/** One thing that happened to an agent. */
export type TimelineEntry =
  AuditTimelineEntry | PresenceTimelineEntry | AssignmentTimelineEntry | SyncTimelineEntry | ReceiptTimelineEntry;
