/**
 * socket.io as Muster uses it: websocket only, no compression, small messages, foreign origins refused before the
 * upgrade. Connection state recovery must never be enabled: it replays packets to a client before any middleware
 * has asked whether it may still have them.
 */
import type { IncomingMessage } from 'node:http';
import type { Socket as NetSocket } from 'node:net';
import { type INestApplicationContext, Logger } from '@nestjs/common';
import { IoAdapter } from '@nestjs/platform-socket.io';
import type { MessageMappingProperties } from '@nestjs/websockets';
import { defer, type Observable } from 'rxjs';
import type { Server, ServerOptions, Socket } from 'socket.io';
import type { Config } from '../config/config.js';
import { ProblemException } from '../errors/problem.exception.js';
import { newId } from '../ids.js';
import { COME_AGAIN_SECONDS, HandshakeQueue, tooManyClients } from '../limits/handshake-queue.js';
import { NodeLease } from '../nodes/node-lease.js';
import { type EngineConnection, guardTransport } from './transport-gate.js';

const OPTIONS: Partial<ServerOptions> = {
  path: '/socket.io',
  transports: ['websocket'],
  serveClient: false,
  perMessageDeflate: false,
  httpCompression: false,
  maxHttpBufferSize: 64 * 1024,
  /** An unclean loss is noticed within 18 seconds, and a client notices a dead server as soon. */
  pingInterval: 10_000,
  pingTimeout: 8_000,
  connectTimeout: 10_000,
};

export class RealtimeAdapter extends IoAdapter {
  private readonly failures = new Logger(RealtimeAdapter.name);

  constructor(
    private readonly app: INestApplicationContext,
    private readonly config: Config,
  ) {
    super(app);
  }

  override createIOServer(port: number, options?: ServerOptions): Server {
    const queue = this.app.get(HandshakeQueue);
    const server = super.createIOServer(port, {
      ...options,
      ...OPTIONS,
      allowRequest: (request, answer) => {
        if (isOriginAllowed(request, this.config.corsOrigins)) admit(queue, request, () => answer(null, true));
        else answer(null, false);
      },
    } as ServerOptions);
    const lease = this.app.get(NodeLease);
    server.engine.on('connection', (connection: EngineConnection) => guardTransport(connection, () => lease.isHeld()));
    server.use((_socket, next) => next(noSuchNamespace()));
    return server;
  }

  /**
   * One listener for each event. Nest's own makes a stream for each event of each socket, which after a deploy costs
   * more than reading who may connect; here a stream is made for an event that came.
   */
  override bindMessageHandlers(
    socket: Socket,
    handlers: MessageMappingProperties[],
    transform: (result: unknown) => Observable<unknown>,
  ): void {
    for (const { message, callback } of handlers) {
      socket.on(message as string, (...args: unknown[]) => {
        const { data, ack } = this.mapPayload(args.length > 1 ? args : args[0]);
        defer(() => transform(callback(data, ack) as unknown)).subscribe({
          error: (error: unknown) => this.failures.error({ err: error }, 'a socket event could not be answered'),
        });
      });
    }
  }
}

/**
 * Lets the client through in its turn; one that left meanwhile is let go. Until then nobody else listens to what becomes
 * of its connection.
 */
function admit(queue: HandshakeQueue, request: IncomingMessage, go: () => void): void {
  const connection = request.socket;
  const ignore = () => undefined;
  connection.on('error', ignore);
  const isInLine = queue.pass(request, () => {
    connection.off('error', ignore);
    if (connection.destroyed) return;
    writeTogether(connection);
    go();
  });
  if (!isInLine) refuse(connection);
}

/** Before the upgrade there is only HTTP to say it with. */
function refuse(connection: NetSocket): void {
  const problem = tooManyClients().toProblem(newId());
  const body = JSON.stringify(problem);
  const head = [
    `HTTP/1.1 ${problem.status} Too Many Requests`,
    'Connection: close',
    `Retry-After: ${COME_AGAIN_SECONDS}`,
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  connection.end([...head, '', body].join('\r\n'));
}

/** What is written until the end of this turn goes out as one: the upgrade's answer and engine.io's first packet. */
function writeTogether(connection: NetSocket): void {
  connection.cork();
  setImmediate(() => connection.uncork());
}

/** Nobody is served at the root: clients name what they connect to. */
function noSuchNamespace(): Error {
  const problem = new ProblemException('not_found', 'Connect to /dashboard or /inbox; see /asyncapi.json.');
  return Object.assign(new Error(problem.detail), { data: problem.toProblem(newId()) });
}

/** Programs send no origin; browsers must come from our own host or from one of `allowed`. */
export function isOriginAllowed(request: Pick<IncomingMessage, 'headers'>, allowed: readonly string[]): boolean {
  const { origin, host } = request.headers;
  if (!origin || allowed.includes(origin)) return true;
  return URL.canParse(origin) && new URL(origin).host === host;
}
