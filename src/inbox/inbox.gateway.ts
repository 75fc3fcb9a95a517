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
import type { Answer } from '../platform/realtime/acknowledgement.js';
import { type RealtimeNamespace, sendAway } from '../platform/realtime/socket.js';
import { SetPresenceRequest } from '../presence/presence.dto.js';
import { PresenceService } from '../presence/presence.service.js';
import type { Beginning } from '../roster/audience/audience.js';
import { AssignableView } from '../roster/audience/assignable.view.js';
import { Unsubscribe } from '../roster/roster.dto.js';
import { Subscriptions } from '../roster/subscriptions.js';
import { mayKnowReasons } from './assignable.rule.js';
import { ConversationPush } from './conversation-push.js';
import { SubscribeAssignable } from './inbox.dto.js';
import { InboxPresence } from './inbox-presence.js';

/** What chat applications connect to: the agent's own presence, rights and conversations, and who is assignable. */
@RealtimeGateway('/inbox')
export class InboxGateway implements OnGatewayInit, OnGatewayConnection, OnGatewayDisconnect {
  private readonly logger = new Logger(InboxGateway.name);
  private readonly opening = new WeakMap<AgentSocket, Promise<void>>();

  constructor(
    private readonly handshake: SocketHandshake,
    private readonly registry: SocketRegistry,
    private readonly connections: InboxPresence,
    private readonly presence: PresenceService,
    private readonly subscriptions: Subscriptions,
    private readonly push: ConversationPush,
  ) {}

  afterInit(namespace: RealtimeNamespace<SocketData>): void {
    this.handshake.install(namespace, 'inbox.read');
    this.registry.onAuthorityChanged((socket, before) => {
      const isOther = mayKnowReasons(socket.data.authority) !== mayKnowReasons(before);
      if (isOther && socket.nsp.name === namespace.name) this.subscriptions.restart(socket, 'scope_gone');
    });
  }

  handleConnection(socket: AgentSocket): Promise<void> {
    const opening = this.open(socket);
    this.opening.set(socket, opening);
    return opening;
  }

  handleDisconnect(socket: AgentSocket, reason: string): Promise<void> {
    this.subscriptions.end(socket);
    this.push.detach(socket);
    return this.connections.closed(socket, reason);
  }

  @SubscribeMessage('subscribe')
  subscribe(
    @ConnectedSocket() socket: AgentSocket,
    @MessageBody() body: SubscribeAssignable,
  ): Promise<Answer<Beginning>> {
    const showsReasons = mayKnowReasons(socket.data.authority);
    const teamId = body.teamId ?? undefined;
    return this.subscriptions.begin(socket, ['assignable', teamId ?? null, showsReasons], {
      view: (projection) => new AssignableView(projection, { teamId, showsReasons }),
      known: body,
    });
  }

  @SubscribeMessage('unsubscribe')
  unsubscribe(@ConnectedSocket() socket: AgentSocket, @MessageBody() body: Unsubscribe): void {
    this.subscriptions.end(socket, body.subscription);
  }

  /** Waits until the socket counts as a connection: what is answered must be what others see. */
  @SubscribeMessage('presence.set')
  async setPresence(
    @ConnectedSocket() socket: AgentSocket,
    @MessageBody() body: SetPresenceRequest,
  ): Promise<PresenceView> {
    await this.opening.get(socket);
    const { authority } = socket.data;
    return this.presence.setAvailability(authority, authority.agentId, body.availability);
  }

  @SubscribeMessage('token.refresh')
  refresh(@ConnectedSocket() socket: AgentSocket, @MessageBody() body: TokenRefresh): Promise<{ expiresAt: string }> {
    return this.registry.refresh(socket, body.token);
  }

  /** A throw here would end the process: a socket that can't be served is sent away to try again. */
  private async open(socket: AgentSocket): Promise<void> {
    try {
      const admitted = this.registry.admit(socket);
      this.push.attach(socket, admitted);
      if (await admitted) await this.connections.opened(socket);
    } catch (error) {
      this.logger.warn({ err: error }, 'a socket could not be admitted');
      sendAway(socket);
    }
  }
}
