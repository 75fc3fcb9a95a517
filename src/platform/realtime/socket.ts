import type { DefaultEventsMap, Namespace, Socket } from 'socket.io';
import type { CloseCode, SessionClosed } from '#contracts';
import { connectionOf } from './connection.js';

/** What every connected client carries: under which authority it is served, and who says whether that still holds. */
export interface Served {
  authority: unknown;
  /** Whether what was made under `authority` may be sent now. Ask it in the tick in which you send. */
  permits(authority: unknown): boolean;
}

/** A connected client, with what the server knows of it. */
export type RealtimeSocket<Data extends Served = Served> = Socket<
  DefaultEventsMap,
  DefaultEventsMap,
  DefaultEventsMap,
  Data
>;
/** One of the paths clients connect to, `/dashboard` or `/inbox`. */
export type RealtimeNamespace<Data extends Served = Served> = Namespace<
  DefaultEventsMap,
  DefaultEventsMap,
  DefaultEventsMap,
  Data
>;

/** Closings after which connecting again, perhaps with a new token, can help. */
const RETRYABLE: ReadonlySet<CloseCode> = new Set([
  'token_expired',
  'slow_consumer',
  'server_draining',
  'server_unavailable',
]);

/** Whether the client has been sent something that it has not taken yet. */
export function hasPending(socket: RealtimeSocket): boolean {
  const { writeBuffer, transport } = connectionOf(socket);
  return writeBuffer.length > 0 || (transport.socket?.bufferedAmount ?? 0) > 0;
}

/** Ends the connection at once: what the client has not taken is thrown away. */
export function destroySocket(socket: RealtimeSocket): void {
  connectionOf(socket).transport.socket?.terminate();
  socket.disconnect(true);
}

/** Tells the client why and disconnects it. The transport sends what it was handed before it closes. */
export function closeSocket(socket: RealtimeSocket, code: CloseCode, reason: string): void {
  if (socket.disconnected) return;
  socket.emit('session.closed', { code, reason, retryable: RETRYABLE.has(code) } satisfies SessionClosed);
  socket.disconnect(true);
}

/** For a client that can't be served right now, though nothing is wrong with it. */
export function sendAway(socket: RealtimeSocket): void {
  closeSocket(socket, 'server_unavailable', 'What you may see could not be read; connect again in a moment.');
}
