import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { jwtVerify } from 'jose';
import { Server } from 'socket.io';
import type { RunningServer } from '../support/server.js';

/**
 * What a typical team would write: socket.io as it comes, websocket only, and a middleware that verifies the token and
 * believes it.
 */
export async function start({ secret }: { secret: string }): Promise<RunningServer> {
  const key = await crypto.subtle.importKey('raw', Buffer.from(secret), { name: 'HMAC', hash: 'SHA-256' }, false, [
    'verify',
  ]);
  const http = createServer();
  const io = new Server(http, { transports: ['websocket'], serveClient: false });
  io.of('/dashboard').use((socket, next) => {
    const { token } = socket.handshake.auth as { token: string };
    jwtVerify(token, key, { algorithms: ['HS256'], issuer: 'muster', audience: 'muster' }).then(
      ({ payload }) => {
        socket.data = { sessionId: payload['sid'] };
        next();
      },
      (error: Error) => next(error),
    );
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  return { port: (http.address() as AddressInfo).port, close: () => io.close() };
}
