import type { Lifecycle } from '#contracts';

/** An agent as live views need it; apply it only if `version` is greater than the known one. */
export interface AgentState {
  id: string;
  name: string;
  teamId: string;
  status: Lifecycle;
  /** Null: the team's. */
  capacity: number | null;
  version: number;
  deleted: boolean;
}

declare module '../platform/events/event-bus.js' {
  interface Events {
    /** Agents were created, changed or deleted, and committed. */
    'agent.changed': { workspaceId: string; agents: AgentState[] };
  }
}
