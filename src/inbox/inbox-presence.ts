/**
 * A session's socket on `/inbox` is what makes its agent connected. An API key's is not: it is a service, nobody who
 * could answer.
 *
 * Guaranteed: a socket's coming and going reach the presence in their order, however quickly they follow each other.
 * A client that says goodbye, and one we sent away, is gone at once; a lost one, and one we asked to reconnect
 * because this node stops, keeps its grace.
 */
import { randomUUID } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import type { AgentSocket } from '../access/socket-data.js';
import { SocketRegistry } from '../access/socket-registry.js';
import { PresenceService } from '../presence/presence.service.js';

const GOODBYES = new Set(['client namespace disconnect', 'server namespace disconnect']);

@Injectable()
export class InboxPresence {
  private readonly connections = new Map<string, { id: string; opened: Promise<void> }>();
  private readonly logger = new Logger(InboxPresence.name);

  constructor(
    private readonly presence: PresenceService,
    private readonly registry: SocketRegistry,
  ) {}

  /** The agent is connected when this resolves. */
  async opened(socket: AgentSocket): Promise<void> {
    const { credential, workspaceId, agentId } = socket.data.authority;
    if (credential.kind !== 'session') return;
    const id = randomUUID();
    const opened = this.presence.connectionOpened({ id, workspaceId, agentId });
    this.connections.set(socket.id, { id, opened });
    await opened;
  }

  /** `reason` is socket.io's. */
  async closed(socket: AgentSocket, reason: string): Promise<void> {
    const connection = this.connections.get(socket.id);
    if (!connection) return;
    this.connections.delete(socket.id);
    const clean = GOODBYES.has(reason) && !this.registry.isDraining;
    try {
      await connection.opened.catch(() => undefined);
      await this.presence.connectionClosed(connection.id, { clean });
    } catch (error) {
      this.logger.warn({ err: error }, 'a closed connection could not be recorded; it is tried again');
    }
  }
}
