import { Logger } from '@nestjs/common';
import {
  ConnectedSocket,
  MessageBody,
  type OnGatewayConnection,
  type OnGatewayDisconnect,
  type OnGatewayInit,
  SubscribeMessage,
} from '@nestjs/websockets';
import type { PresenceView } from '#contracts';
import { RealtimeGateway } from '../access/realtime-gateway.decorator.js';
import type { AgentSocket, SocketData } from '../access/socket-data.js';
import { SocketHandshake } from '../access/socket-handshake.js';
import { SocketRegistry } from '../access/socket-registry.js';
import { TokenRefresh } from '../access/token-refresh.dto.js';
import type { RealtimeNamespace } from '../platform/realtime/socket.js';
import { SetPresenceRequest } from '../presence/presence.dto.js';
import { PresenceService } from '../presence/presence.service.js';
import { InboxPresence } from './inbox-presence.js';

/** What chat applications connect to: the agent's own presence, rights and conversations, and who is assignable. */
@RealtimeGateway('/inbox')
export class InboxGateway implements OnGatewayInit, OnGatewayConnection, OnGatewayDisconnect {
  private readonly logger = new Logger(InboxGateway.name);

  constructor(
    private readonly handshake: SocketHandshake,
    private readonly registry: SocketRegistry,
    private readonly connections: InboxPresence,
    private readonly presence: PresenceService,
  ) {}

  afterInit(namespace: RealtimeNamespace<SocketData>): void {
    this.handshake.install(namespace, 'inbox.read');
  }

  /** A throw here would end the process: a socket that can't be served is sent away to try again. */
  async handleConnection(socket: AgentSocket): Promise<void> {
    try {
      if (await this.registry.admit(socket)) await this.connections.opened(socket);
    } catch (error) {
      this.logger.warn({ err: error }, 'a socket could not be admitted');
      socket.disconnect(true);
    }
  }

  handleDisconnect(socket: AgentSocket, reason: string): Promise<void> {
    return this.connections.closed(socket, reason);
  }

  @SubscribeMessage('presence.set')
  setPresence(@ConnectedSocket() socket: AgentSocket, @MessageBody() body: SetPresenceRequest): Promise<PresenceView> {
    const { authority } = socket.data;
    return this.presence.setAvailability(authority, authority.agentId, body.availability);
  }

  @SubscribeMessage('token.refresh')
  refresh(@ConnectedSocket() socket: AgentSocket, @MessageBody() body: TokenRefresh): Promise<{ expiresAt: string }> {
    return this.registry.refresh(socket, body.token);
  }
}
