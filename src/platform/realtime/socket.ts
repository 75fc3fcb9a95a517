import type { DefaultEventsMap, Namespace, Socket } from 'socket.io';
import type { CloseCode, SessionClosed } from '#contracts';

/** A connected client, with what the server knows of it. */
export type RealtimeSocket<Data = unknown> = Socket<DefaultEventsMap, DefaultEventsMap, DefaultEventsMap, Data>;
/** One of the paths clients connect to, `/dashboard` or `/inbox`. */
export type RealtimeNamespace<Data = unknown> = Namespace<DefaultEventsMap, DefaultEventsMap, DefaultEventsMap, Data>;

/** Closings after which connecting again, perhaps with a new token, can help. */
const RETRYABLE: ReadonlySet<CloseCode> = new Set(['token_expired', 'slow_consumer', 'server_draining']);

/** Tells the client why and disconnects it. The transport sends what it was handed before it closes. */
export function closeSocket(socket: RealtimeSocket, code: CloseCode, reason: string): void {
  if (socket.disconnected) return;
  socket.emit('session.closed', { code, reason, retryable: RETRYABLE.has(code) } satisfies SessionClosed);
  socket.disconnect(true);
}
