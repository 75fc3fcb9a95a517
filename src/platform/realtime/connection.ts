/** What of engine.io's connection and ws's WebSocket is used beyond their types. Imported by what writes frames itself. */
import type { Socket as NetSocket } from 'node:net';
import type { RealtimeSocket } from './socket.js';

export interface Connection {
  readyState: string;
  writeBuffer: unknown[];
  transport: { socket?: WebSocket };
  /** The client answered a ping: it has handled what came before that. */
  once(event: 'heartbeat', listener: () => void): void;
}

export interface WebSocket {
  readyState: number;
  bufferedAmount: number;
  _socket: NetSocket | null;
  terminate(): void;
}

const OPEN = 1;

/** The connection under a socket; sockets of several namespaces may share one. */
export function connectionOf(socket: RealtimeSocket): Connection {
  return socket.conn as unknown as Connection;
}

/** The connection's WebSocket; null once either is closing. */
export function openTransport({ readyState, transport }: Connection): WebSocket | null {
  return readyState === 'open' && transport.socket?.readyState === OPEN ? transport.socket : null;
}
