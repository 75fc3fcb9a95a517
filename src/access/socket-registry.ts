/**
 * The sockets of this node, and what becomes of them when rights change.
 *
 * Who calls: gateways (`admit` before anything is sent, `refresh` for a new token), `RevocationLog` when rights were
 * taken away or changed. Guaranteed: after `access.changed` or a revocation the authority of every socket concerned is read
 * again; one without the right to be connected is told why and closed, one whose authority can't be read is
 * disconnected, the others are told their new permissions. An authority never replaces one that was read later.
 * Must never happen: data to a socket that `admit` has not let in; a revoked socket drained of what it had pending.
 */
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { type BeforeApplicationShutdown, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import type { CloseCode, PermissionsChanged } from '#contracts';
import { Clock } from '../platform/clock.js';
import { ProblemException } from '../platform/errors/problem.exception.js';
import { toProblemException } from '../platform/errors/to-problem.js';
import { closeSocket, destroySocket, hasPending, sendAway } from '../platform/realtime/socket.js';
import { Authenticator } from './authenticator.js';
import { type Authority, requirePermission } from './authority.js';
import { normalize } from './blueprint.js';
import { CommonAuthority, isSameSet } from './common-authority.js';
import { OutboundGate } from './revocation/outbound-gate.js';
import type { AgentSocket } from './socket-data.js';
import { type AccessSubject, concerns } from './subject.js';

/** Told when a connected socket's authority changed, for example its Hide Phone. */
export type AuthorityListener = (socket: AgentSocket, before: Authority) => void;

/** How often it is looked whose token is over: one timer for all. */
const EXPIRE_EVERY_MS = 500;
/** For the other side of a connection to end it too. */
const GOODBYE_MS = 2_000;

@Injectable()
export class SocketRegistry implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly sockets = new Map<string, AgentSocket>();
  private readonly common = new CommonAuthority();
  private expiring: NodeJS.Timeout | undefined;
  private readonly listeners: AuthorityListener[] = [];
  private readonly logger = new Logger(SocketRegistry.name);
  /** Whether this node is sending its clients elsewhere. */
  isDraining = false;

  constructor(
    private readonly authenticator: Authenticator,
    private readonly gate: OutboundGate,
    private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    this.expiring = setInterval(() => this.expire(), EXPIRE_EVERY_MS).unref();
  }

  /**
   * A node that stops sends its clients elsewhere; their agents stay connected through the grace. Those that sleep don't
   * say goodbye: they are waited for briefly.
   */
  async beforeApplicationShutdown(): Promise<void> {
    this.isDraining = true;
    clearInterval(this.expiring);
    const leaving = [...this.sockets.values()];
    for (const socket of leaving) closeSocket(socket, 'server_draining', 'This server is stopping.');
    const open = leaving.map(({ request }) => request.socket).filter(({ closed }) => !closed);
    const gone = Promise.allSettled(open.map((connection) => once(connection, 'close')));
    await Promise.race([gone, delay(GOODBYE_MS, undefined, { ref: false })]);
  }

  /** Registers the socket, then reads its authority once more. False: it was refused and closed. */
  async admit(socket: AgentSocket): Promise<boolean> {
    this.sockets.set(socket.id, socket);
    socket.once('disconnect', () => this.sockets.delete(socket.id));
    await this.rereadOnConnect(socket);
    return socket.connected;
  }

  /**
   * Rights were taken away: nothing more passes the gate to the sockets concerned until their authority is read
   * again. Resolves when each is closed or has adopted what it still may; to the number of those closed.
   */
  async revoke(subject: AccessSubject): Promise<number> {
    const concerned = [...this.matching((authority) => concerns(subject, authority))];
    for (const socket of concerned) if (hasPending(socket)) destroySocket(socket);
    await Promise.all(concerned.map((socket) => this.reread(socket)));
    return concerned.filter((socket) => socket.disconnected).length;
  }

  /**
   * Reads the authority of one socket again; refuses like any credential, and then closes the socket too. What was
   * revoked while it was read, it is read once more for: nobody else would.
   */
  async require(socket: AgentSocket): Promise<Authority> {
    try {
      for (;;) {
        const authority = await this.authenticator.reread(socket.data.authority.credential);
        requirePermission(authority, socket.data.requires);
        this.adopt(socket, authority);
        if (this.gate.isCurrent(authority)) return authority;
      }
    } catch (error) {
      this.closeFor(socket, error);
      throw error;
    }
  }

  /** Takes a new access token of the same agent, so that the socket outlives the old one. */
  async refresh(socket: AgentSocket, token: string): Promise<{ expiresAt: string }> {
    const { authority, expiresAt } = await this.authenticator.authenticate(token);
    if (authority.agentId !== socket.data.authority.agentId || expiresAt === null) {
      throw new ProblemException('token_invalid', 'Refresh with an access token of the agent who connected.');
    }
    requirePermission(authority, socket.data.requires);
    socket.data.expiresAt = expiresAt;
    socket.data.authority = { ...socket.data.authority, credential: authority.credential };
    await this.require(socket);
    return { expiresAt: new Date(expiresAt).toISOString() };
  }

  /** The connected sockets that `matches`. */
  *matching(matches: (authority: Authority) => boolean): Iterable<AgentSocket> {
    for (const socket of this.sockets.values()) if (matches(socket.data.authority)) yield socket;
  }

  onAuthorityChanged(listener: AuthorityListener): void {
    this.listeners.push(listener);
  }

  /** Rights changed without being taken away: reads the authority of the sockets concerned again. */
  async recheck(subject: AccessSubject): Promise<void> {
    await Promise.all(
      [...this.matching((authority) => concerns(subject, authority))].map((socket) => this.reread(socket)),
    );
  }

  /** A revocation between the handshake and the registration did not find the socket: this does. */
  private rereadOnConnect(socket: AgentSocket): Promise<void> {
    return this.reread(socket);
  }

  private async reread(socket: AgentSocket): Promise<void> {
    if (socket.disconnected) return;
    try {
      await this.require(socket);
    } catch (error) {
      if (closeCode(error) !== null) return;
      this.logger.warn({ err: error }, 'the authority of a socket could not be read: it has to connect again');
      sendAway(socket);
    }
  }

  private adopt(socket: AgentSocket, authority: Authority): void {
    const before = socket.data.authority;
    if (authority.readAt < before.readAt) return;
    socket.data.authority = this.common.of(authority);
    if (isSame(before, authority)) return;
    const { permissions, hidePhone, blueprintVersion } = authority;
    socket.emit('permissions.changed', {
      permissions: normalize(permissions),
      hidePhone,
      blueprintVersion,
    } satisfies PermissionsChanged);
    for (const listener of this.listeners) listener(socket, before);
  }

  private closeFor(socket: AgentSocket, error: unknown): void {
    const code = closeCode(error);
    if (code) closeSocket(socket, code, toProblemException(error).detail);
  }

  private expire(): void {
    const now = this.clock.now();
    for (const socket of this.sockets.values()) {
      const { expiresAt } = socket.data;
      if (expiresAt === null || expiresAt > now) continue;
      closeSocket(socket, 'token_expired', 'Send token.refresh before the access token ends.');
    }
  }
}

/** The code with which a refusal closes a socket; null: the refusal says nothing of the caller's rights. */
function closeCode(error: unknown): CloseCode | null {
  const { code } = toProblemException(error);
  switch (code) {
    case 'agent_inactive':
    case 'team_inactive':
    case 'session_revoked':
    case 'token_expired':
      return code;
    case 'permission_missing':
      return 'permission_lost';
    default:
      return null;
  }
}

function isSame(a: Authority, b: Authority): boolean {
  return (
    a.blueprintVersion === b.blueprintVersion &&
    a.teamId === b.teamId &&
    a.hidePhone === b.hidePhone &&
    isSameSet(a.permissions, b.permissions)
  );
}
