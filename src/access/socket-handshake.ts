/**
 * Who may connect: the namespace's middleware, in the order they came. A refused client gets `connect_error` with the problem as its `data`.
 * Being admitted here is not enough to receive anything: `SocketRegistry.admit` reads the authority once more after
 * the socket is registered, so that a revocation in between is not missed.
 */
import { Injectable } from '@nestjs/common';
import { type Permission, PROTOCOL_VERSION } from '#contracts';
import { ProblemException } from '../platform/errors/problem.exception.js';
import { toProblemException } from '../platform/errors/to-problem.js';
import { newId } from '../platform/ids.js';
import { CallAllowances } from '../platform/limits/call-allowances.js';
import { HandshakeQueue } from '../platform/limits/handshake-queue.js';
import { SocketAllowances } from '../platform/limits/socket-allowances.js';
import { guardPackets } from '../platform/realtime/packet-gate.js';
import type { RealtimeNamespace } from '../platform/realtime/socket.js';
import { Authenticator } from './authenticator.js';
import { type Authority, requirePermission } from './authority.js';
import { OutboundGate } from './revocation/outbound-gate.js';
import type { AgentSocket, SocketData } from './socket-data.js';

@Injectable()
export class SocketHandshake {
  /** One for all sockets. */
  private readonly permits = (made: Authority) => this.gate.permits(made);

  constructor(
    private readonly authenticator: Authenticator,
    private readonly gate: OutboundGate,
    private readonly queue: HandshakeQueue,
    private readonly calls: CallAllowances,
    private readonly sockets: SocketAllowances,
  ) {}

  /** Called by a gateway's `afterInit`. */
  install(namespace: RealtimeNamespace<SocketData>, requires: Permission): void {
    namespace.use((socket, next) => {
      this.queue
        .enter(socket.request, () => this.authenticate(socket, requires))
        .then(
          () => next(),
          (error: unknown) => next(connectError(error)),
        );
    });
  }

  private async authenticate(socket: AgentSocket, requires: Permission): Promise<void> {
    const { token, protocol } = socket.handshake.auth as { token?: unknown; protocol?: unknown };
    if (protocol !== PROTOCOL_VERSION) {
      throw new ProblemException('protocol_unsupported', `Connect with auth {token, protocol: ${PROTOCOL_VERSION}}.`);
    }
    if (typeof token !== 'string' || token === '') {
      throw new ProblemException('unauthenticated', 'Connect with an access token or API key as auth.token.');
    }
    const { authority, expiresAt } = await this.authenticator.authenticate(token);
    requirePermission(authority, requires);
    this.sockets.take(authority.credential.id, socket);
    socket.data = { authority, expiresAt, requires, permits: this.permits };
    guardPackets(socket, () => this.calls.take(socket.data.authority.credential.id));
  }
}

function connectError(error: unknown): Error {
  const problem = toProblemException(error).toProblem(newId());
  return Object.assign(new Error(problem.detail), { data: problem });
}
