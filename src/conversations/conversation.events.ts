import type { ConversationStatus } from '#contracts';

/** A conversation as live views need it; apply it only if `version` is greater than the known one. */
export interface ConversationState {
  id: string;
  teamId: string | null;
  assigneeId: string | null;
  /** Who had it before this change, when that is another. */
  previousAssigneeId?: string | null;
  status: ConversationStatus;
  /** Time of the first customer message not answered yet, in milliseconds; null when nobody waits. */
  waitingSince: number | null;
  version: number;
}

declare module '../platform/events/event-bus.js' {
  interface Events {
    /** Conversations were opened, assigned, answered, resolved …, and committed. */
    'conversation.changed': { workspaceId: string; conversations: ConversationState[] };
  }
}
