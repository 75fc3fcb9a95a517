import { Module } from '@nestjs/common';
import { AgentsModule } from '../agents/agents.module.js';
import { AuditLogModule } from './audit/audit-log.module.js';
import { AuthModule } from '../auth/auth.module.js';
import { DensityModule } from '../density/density.module.js';
import { PresenceModule } from '../presence/presence.module.js';
import { AgentViewsService } from './agent-views.service.js';
import { AgentsController } from './agents.controller.js';
import { DiagnosisController } from './diagnosis/diagnosis.controller.js';
import { DiagnosisService } from './diagnosis/diagnosis.service.js';
import { AgentExportController } from './export/agent-export.controller.js';
import { ExportsService } from './export/exports.service.js';
import { AgentImportController } from './import/agent-import.controller.js';
import { ImportsService } from './import/imports.service.js';
import { MeController } from './me.controller.js';
import { TimelineController } from './timeline/timeline.controller.js';
import { TimelineService } from './timeline/timeline.service.js';

/** HTTP views that join several features. */
@Module({
  imports: [AgentsModule, AuditLogModule, AuthModule, DensityModule, PresenceModule],
  controllers: [
    AgentExportController,
    AgentImportController,
    AgentsController,
    DiagnosisController,
    MeController,
    TimelineController,
  ],
  providers: [AgentViewsService, DiagnosisService, ExportsService, ImportsService, TimelineService],
})
export class AdminModule {}
