import { Module } from '@nestjs/common';
import { AgentsModule } from '../agents/agents.module.js';
import { AuditLogModule } from './audit/audit-log.module.js';
import { DensityModule } from '../density/density.module.js';
import { PresenceModule } from '../presence/presence.module.js';
import { AgentViewsService } from './agent-views.service.js';
import { AgentsController } from './agents.controller.js';
import { MeController } from './me.controller.js';

/** HTTP views that join several features. */
@Module({
  imports: [AgentsModule, AuditLogModule, DensityModule, PresenceModule],
  controllers: [AgentsController, MeController],
  providers: [AgentViewsService],
})
export class AdminModule {}
