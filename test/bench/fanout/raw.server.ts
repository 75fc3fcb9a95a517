import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { encodeFrame } from '../../../src/platform/realtime/frame-sink.js';
import { pace, type Paced } from '../support/pace.js';
import type { RunningServer } from '../support/server.js';

/**
 * ws alone, with one frame that was made before: what Node can do at most. It says just enough of socket.io's
 * protocol for the same clients.
 */
export async function start({ body }: { body: object }): Promise<RunningServer> {
  const frame = encodeFrame('/dashboard', 'roster.delta', JSON.stringify(body));
  const rooms = new Map<string, Set<WebSocket>>();
  const http = createServer();
  const server = new WebSocketServer({ server: http, perMessageDeflate: false });
  server.on('connection', (socket) => greet(socket, rooms));
  const deltas = (argument: unknown) => {
    const { subscription, ...plan } = argument as Paced & { subscription: object };
    const room = rooms.get(JSON.stringify(subscription)) ?? new Set();
    return pace(plan, () => {
      for (const socket of room) if (socket.readyState === socket.OPEN) transportOf(socket).write(frame);
    });
  };
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const close = async () => {
    for (const socket of server.clients) socket.terminate();
    http.close();
  };
  return { port: (http.address() as AddressInfo).port, close, methods: { deltas } };
}

function greet(socket: WebSocket, rooms: Map<string, Set<WebSocket>>): void {
  socket.send('0{}');
  socket.on('message', (data) => {
    const packet = (data as Buffer).toString();
    if (packet.startsWith('40')) return socket.send('40/dashboard,{"sid":"raw"}');
    const [, subscription] = JSON.parse(packet.slice(packet.indexOf('['))) as [string, object];
    const name = JSON.stringify(subscription);
    rooms.set(name, (rooms.get(name) ?? new Set()).add(socket));
    socket.send('43/dashboard,1[{"ok":true}]');
  });
}

function transportOf(socket: WebSocket): Socket {
  return (socket as unknown as { _socket: Socket })._socket;
}
