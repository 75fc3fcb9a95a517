import { Module } from '@nestjs/common';
import { AgentsModule } from '../agents/agents.module.js';
import { PresenceConnections } from './presence-connections.js';
import { PresenceTransitions } from './presence-transitions.js';
import { PresenceService } from './presence.service.js';
import { PresenceSweeper } from './presence.sweeper.js';
import { PresenceUpkeep } from './presence.upkeep.js';

@Module({
  imports: [AgentsModule],
  providers: [PresenceConnections, PresenceService, PresenceSweeper, PresenceTransitions, PresenceUpkeep],
  exports: [PresenceService],
})
export class PresenceModule {}
