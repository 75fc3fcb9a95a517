import type { Lifecycle } from '#contracts';

/** A team as live views need it; apply it only if `version` is greater than the known one. */
export interface TeamState {
  id: string;
  name: string;
  status: Lifecycle;
  /** Whether the blueprint has `inbox.reply`. */
  canReply: boolean;
  capacity: number;
  version: number;
  deleted: boolean;
}

declare module '../platform/events/event-bus.js' {
  interface Events {
    /** Teams were created, changed or deleted, and committed. */
    'team.changed': { workspaceId: string; teams: TeamState[] };
  }
}
