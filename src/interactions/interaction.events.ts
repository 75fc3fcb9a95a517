import type { ConversationState } from '../conversations/conversation.events.js';
import type { EventBus } from '../platform/events/event-bus.js';

/** Interactions of one agent (or of none, of one team) whose time is in one bucket of 5 seconds. */
export interface Increment {
  agentId: string | null;
  teamId: string | null;
  /** floor(at / 5000). */
  bucket: number;
  inbound: number;
  outbound: number;
}

/** What one transaction recorded in one workspace. */
export interface RecordedInteractions {
  workspaceId: string;
  /** The transaction's id: a projection loaded at a snapshot ignores what is visible in it. */
  xid: string;
  increments: Increment[];
}

/** The transactions that recorded, a moment ago, what came again. */
export interface RepeatedInteractions {
  workspaceId: string;
  /** The lower 32 bits of their ids, as their rows have them. */
  xids: string[];
}

declare module '../platform/events/event-bus.js' {
  interface Events {
    /** Interactions were recorded for the first time, and committed. */
    'interactions.recorded': RecordedInteractions;
    /** Interactions came again that other transactions recorded a moment ago, perhaps on a node that died before it told. */
    'interactions.repeated': RepeatedInteractions;
  }
}

/** What a committed statement recorded, over all workspaces. */
export interface Recorded {
  xid: string;
  increments: (Increment & { workspaceId: string })[];
  conversations: (ConversationState & { workspaceId: string })[];
}

/** Tells what was recorded. Called after the commit and before anybody is answered. */
export async function publishRecorded(bus: EventBus, recorded: Recorded): Promise<void> {
  const told: Promise<void>[] = [];
  for (const [workspaceId, rows] of Map.groupBy(recorded.increments, (row) => row.workspaceId)) {
    const increments = rows.map(({ workspaceId: _, ...increment }) => increment);
    told.push(bus.publish('interactions.recorded', { workspaceId, xid: recorded.xid, increments }));
  }
  for (const [workspaceId, rows] of Map.groupBy(recorded.conversations, (row) => row.workspaceId)) {
    const conversations = rows.map(({ workspaceId: _, ...conversation }) => conversation);
    told.push(bus.publish('conversation.changed', { workspaceId, conversations }));
  }
  await Promise.all(told);
}
