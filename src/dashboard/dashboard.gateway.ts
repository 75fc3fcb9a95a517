import { Logger } from '@nestjs/common';
import {
  ConnectedSocket,
  MessageBody,
  type OnGatewayConnection,
  type OnGatewayDisconnect,
  type OnGatewayInit,
  SubscribeMessage,
} from '@nestjs/websockets';
import type { AlertsSubscription } from '#contracts';
import { RealtimeGateway } from '../access/realtime-gateway.decorator.js';
import type { AgentSocket, SocketData } from '../access/socket-data.js';
import { SocketHandshake } from '../access/socket-handshake.js';
import { SocketRegistry } from '../access/socket-registry.js';
import { TokenRefresh } from '../access/token-refresh.dto.js';
import { AlertFeed } from '../alerts/alert-feed.js';
import type { Answer } from '../platform/realtime/acknowledgement.js';
import { type RealtimeNamespace, sendAway } from '../platform/realtime/socket.js';
import type { Beginning } from '../roster/audience/audience.js';
import { RosterView } from '../roster/audience/roster.view.js';
import { Unsubscribe } from '../roster/roster.dto.js';
import { Subscriptions } from '../roster/subscriptions.js';
import { requireNoScope, SubscribeDashboard } from './subscribe.dto.js';

/** What supervisors' screens connect to: the live roster, of everybody or of a part, and alerts. */
@RealtimeGateway('/dashboard')
export class DashboardGateway implements OnGatewayInit, OnGatewayConnection, OnGatewayDisconnect {
  private readonly logger = new Logger(DashboardGateway.name);

  constructor(
    private readonly handshake: SocketHandshake,
    private readonly registry: SocketRegistry,
    private readonly subscriptions: Subscriptions,
    private readonly alerts: AlertFeed,
  ) {}

  afterInit(namespace: RealtimeNamespace<SocketData>): void {
    this.handshake.install(namespace, 'dashboard.view');
  }

  /** A throw here would end the process: a socket that can't be served is sent away to try again. */
  async handleConnection(socket: AgentSocket): Promise<void> {
    try {
      await this.registry.admit(socket);
    } catch (error) {
      this.logger.warn({ err: error }, 'a socket could not be admitted');
      sendAway(socket);
    }
  }

  handleDisconnect(socket: AgentSocket): void {
    this.subscriptions.end(socket);
    this.alerts.end(socket);
  }

  @SubscribeMessage('subscribe')
  subscribe(
    @ConnectedSocket() socket: AgentSocket,
    @MessageBody() body: SubscribeDashboard,
  ): Promise<Answer<Beginning | AlertsSubscription>> {
    if (body.topic === 'roster') return this.subscribeRoster(socket, body);
    requireNoScope(body);
    return this.alerts.begin(socket, body);
  }

  @SubscribeMessage('unsubscribe')
  unsubscribe(@ConnectedSocket() socket: AgentSocket, @MessageBody() body: Unsubscribe): void {
    this.subscriptions.end(socket, body.subscription);
    this.alerts.end(socket, body.subscription);
  }

  @SubscribeMessage('token.refresh')
  refresh(@ConnectedSocket() socket: AgentSocket, @MessageBody() body: TokenRefresh): Promise<{ expiresAt: string }> {
    return this.registry.refresh(socket, body.token);
  }

  private subscribeRoster(socket: AgentSocket, body: SubscribeDashboard): Promise<Answer<Beginning>> {
    const teamId = body.scope?.teamId ?? undefined;
    const agentIds = body.scope?.agentIds && [...new Set(body.scope.agentIds)].sort();
    return this.subscriptions.begin(socket, ['roster', teamId ?? null, agentIds ?? null], {
      view: (projection) => new RosterView(projection, { teamId, agentIds: agentIds ?? undefined }),
      known: body,
    });
  }
}
