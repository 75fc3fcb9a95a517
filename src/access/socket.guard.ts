import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { AgentSocket } from './socket-data.js';
import { SocketRegistry } from './socket-registry.js';

/** Every event of a client: its authority is read again before the handler runs. */
@Injectable()
export class SocketGuard implements CanActivate {
  constructor(private readonly registry: SocketRegistry) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    await this.registry.require(context.switchToWs().getClient<AgentSocket>());
    return true;
  }
}
