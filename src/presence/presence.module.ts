import { Module } from '@nestjs/common';
import { AgentsModule } from '../agents/agents.module.js';
import { PresenceService } from './presence.service.js';
import { PresenceSweeper } from './presence.sweeper.js';
import { PresenceUpkeep } from './presence.upkeep.js';

@Module({
  imports: [AgentsModule],
  providers: [PresenceService, PresenceSweeper, PresenceUpkeep],
  exports: [PresenceService],
})
export class PresenceModule {}
