import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { jwtVerify } from 'jose';
import { Server } from 'socket.io';
import { settledMemory } from './memory.js';
import { pace, type Paced } from './pace.js';
import type { RunningServer } from './server.js';

export interface StockOptions {
  /** Tokens are verified with it; null: everybody may come in. */
  secret: string | null;
  /** What a delta carries. */
  body: object;
}

/** socket.io as it comes, websocket only, the way its manual has it: middleware, rooms, `to(room).emit()`. */
export async function start({ secret, body }: StockOptions): Promise<RunningServer> {
  const http = createServer();
  const io = new Server(http, { transports: ['websocket'], serveClient: false });
  const dashboard = io.of('/dashboard');
  if (secret !== null) verifyTokens(dashboard, secret);
  dashboard.on('connection', (socket) => {
    socket.on('subscribe', (subscription: object, acknowledge: (answer: object) => void) => {
      void socket.join(JSON.stringify(subscription));
      acknowledge({ ok: true, data: body });
    });
  });
  const deltas = (argument: unknown) => {
    const { subscription, ...plan } = argument as Paced & { subscription: object };
    return pace(plan, () => void dashboard.to(JSON.stringify(subscription)).emit('roster.delta', body));
  };
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const { port } = http.address() as AddressInfo;
  return { port, close: () => io.close(), methods: { deltas, memory: settledMemory } };
}

function verifyTokens(namespace: ReturnType<Server['of']>, secret: string): void {
  const key = crypto.subtle.importKey('raw', Buffer.from(secret), { name: 'HMAC', hash: 'SHA-256' }, false, ['verify']);
  namespace.use((socket, next) => {
    const { token } = socket.handshake.auth as { token: string };
    const verified = key.then((known) =>
      jwtVerify(token, known, { algorithms: ['HS256'], issuer: 'muster', audience: 'muster' }),
    );
    verified.then(
      ({ payload }) => {
        socket.data = { sessionId: payload['sid'] };
        next();
      },
      (error: Error) => next(error),
    );
  });
}
