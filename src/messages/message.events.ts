/** A message that came or changed, as those who push need to know it. */
export interface MessageChange {
  id: string;
  conversationId: string;
  /** Who had the conversation then. */
  assigneeId: string | null;
  isNew: boolean;
}

declare module '../platform/events/event-bus.js' {
  interface Events {
    /** Messages came, were sent, delivered, read or failed, and that is committed. */
    'message.changed': { workspaceId: string; messages: MessageChange[] };
  }
}
