import type { Permission } from '#contracts';
import type { RealtimeSocket, Served } from '../platform/realtime/socket.js';
import type { Authority } from './authority.js';

/** What is known of a connected client. */
export interface SocketData extends Served {
  /** As last read; every event reads it again. */
  authority: Authority;
  permits(authority: Authority): boolean;
  /** When the token ends, in milliseconds; null: an API key, which doesn't. */
  expiresAt: number | null;
  /** What connecting to the namespace needs, and keeps needing. */
  requires: Permission;
}

export type AgentSocket = RealtimeSocket<SocketData>;
