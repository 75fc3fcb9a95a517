import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { TeamsModule } from '../teams/teams.module.js';
import { AgentsService } from './agents.service.js';

@Module({ imports: [AuthModule, TeamsModule], providers: [AgentsService], exports: [AgentsService] })
export class AgentsModule {}
