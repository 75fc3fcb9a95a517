/**
 * The sockets of this node, and what becomes of them when rights change.
 *
 * Who calls: gateways (`admit` before anything is sent, `refresh` for a new token). Guaranteed: after
 * `access.changed` the authority of every socket concerned is read again; one without the right to be connected is
 * told why and closed, one whose authority can't be read is disconnected, the others are told their new permissions.
 * Must never happen: data to a socket that `admit` has not let in.
 */
import { type BeforeApplicationShutdown, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { type CloseCode, type PermissionsChanged, PERMISSIONS } from '#contracts';
import { Clock } from '../platform/clock.js';
import { ProblemException } from '../platform/errors/problem.exception.js';
import { toProblemException } from '../platform/errors/to-problem.js';
import { EventBus } from '../platform/events/event-bus.js';
import { closeSocket } from '../platform/realtime/socket.js';
import type { AccessSubject } from './access-changes.js';
import { Authenticator } from './authenticator.js';
import { type Authority, requirePermission } from './authority.js';
import type { AgentSocket } from './socket-data.js';

/** Told when a connected socket's authority changed, for example its Hide Phone. */
export type AuthorityListener = (socket: AgentSocket, before: Authority) => void;

/** Timers hold at most this long. */
const MAX_TIMER_MS = 2 ** 31 - 1;

@Injectable()
export class SocketRegistry implements OnModuleInit, BeforeApplicationShutdown {
  private readonly sockets = new Map<string, AgentSocket>();
  private readonly expiries = new Map<string, NodeJS.Timeout>();
  private readonly listeners: AuthorityListener[] = [];
  private readonly logger = new Logger(SocketRegistry.name);
  /** Whether this node is sending its clients elsewhere. */
  isDraining = false;

  constructor(
    private readonly authenticator: Authenticator,
    private readonly bus: EventBus,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.bus.on('access.changed', (subject) => this.recheck(subject));
  }

  /** A node that stops sends its clients elsewhere; their agents stay connected through the grace. */
  beforeApplicationShutdown(): void {
    this.isDraining = true;
    for (const socket of this.sockets.values()) closeSocket(socket, 'server_draining', 'This server is stopping.');
  }

  /** Registers the socket, then reads its authority once more. False: it was refused and closed. */
  async admit(socket: AgentSocket): Promise<boolean> {
    this.sockets.set(socket.id, socket);
    socket.once('disconnect', () => this.forget(socket));
    this.scheduleExpiry(socket);
    await this.reread(socket);
    return socket.connected;
  }

  /** Reads the authority of one socket again; refuses like any credential, and then closes the socket too. */
  async require(socket: AgentSocket): Promise<Authority> {
    try {
      const authority = await this.authenticator.reread(socket.data.authority.credential);
      requirePermission(authority, socket.data.requires);
      this.adopt(socket, authority);
      return authority;
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
    this.scheduleExpiry(socket);
    this.adopt(socket, authority);
    return { expiresAt: new Date(expiresAt).toISOString() };
  }

  /** The connected sockets that `matches`. */
  *matching(matches: (authority: Authority) => boolean): Iterable<AgentSocket> {
    for (const socket of this.sockets.values()) if (matches(socket.data.authority)) yield socket;
  }

  onAuthorityChanged(listener: AuthorityListener): void {
    this.listeners.push(listener);
  }

  private async recheck(subject: AccessSubject): Promise<void> {
    await Promise.all(
      [...this.matching((authority) => concerns(subject, authority))].map((socket) => this.reread(socket)),
    );
  }

  private async reread(socket: AgentSocket): Promise<void> {
    try {
      await this.require(socket);
    } catch (error) {
      if (closeCode(error) !== null) return;
      this.logger.warn({ err: error }, 'the authority of a socket could not be read: it has to connect again');
      socket.disconnect(true);
    }
  }

  private adopt(socket: AgentSocket, authority: Authority): void {
    const before = socket.data.authority;
    socket.data.authority = authority;
    if (isSame(before, authority)) return;
    const { permissions, hidePhone, blueprintVersion } = authority;
    socket.emit('permissions.changed', {
      permissions: PERMISSIONS.filter((permission) => permissions.has(permission)),
      hidePhone,
      blueprintVersion,
    } satisfies PermissionsChanged);
    for (const listener of this.listeners) listener(socket, before);
  }

  private closeFor(socket: AgentSocket, error: unknown): void {
    const code = closeCode(error);
    if (code) closeSocket(socket, code, toProblemException(error).detail);
  }

  private scheduleExpiry(socket: AgentSocket): void {
    clearTimeout(this.expiries.get(socket.id));
    const { expiresAt } = socket.data;
    if (expiresAt === null) return;
    const close = () => closeSocket(socket, 'token_expired', 'Send token.refresh before the access token ends.');
    const timer = setTimeout(close, Math.min(Math.max(0, expiresAt - this.clock.now()), MAX_TIMER_MS));
    this.expiries.set(socket.id, timer.unref());
  }

  private forget(socket: AgentSocket): void {
    this.sockets.delete(socket.id);
    clearTimeout(this.expiries.get(socket.id));
    this.expiries.delete(socket.id);
  }
}

function concerns(subject: AccessSubject, authority: Authority): boolean {
  if ('agentId' in subject) return authority.agentId === subject.agentId;
  if ('teamId' in subject) return authority.teamId === subject.teamId;
  if ('credentialId' in subject) return authority.credential.id === subject.credentialId;
  return true;
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
    a.permissions.size === b.permissions.size &&
    a.permissions.isSubsetOf(b.permissions)
  );
}
