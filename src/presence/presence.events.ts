import type { Availability, PresenceState as State } from '#contracts';

/** An agent's presence as live views need it; apply it only if `version` is greater than the known one. */
export interface PresenceState {
  agentId: string;
  state: State;
  availability: Availability;
  connected: boolean;
  /** Since when `state` holds, in milliseconds. */
  since: number;
  version: number;
}

declare module '../platform/events/event-bus.js' {
  interface Events {
    /** Presence changed, and is committed. */
    'presence.changed': { workspaceId: string; presences: PresenceState[] };
  }
}
