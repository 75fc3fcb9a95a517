import { Module } from '@nestjs/common';
import { AgentsModule } from '../agents/agents.module.js';
import { AuthModule } from '../auth/auth.module.js';
import { TeamsModule } from '../teams/teams.module.js';
import { FirstBootService } from './first-boot.service.js';

@Module({ imports: [AgentsModule, AuthModule, TeamsModule], providers: [FirstBootService] })
export class WorkspacesModule {}
