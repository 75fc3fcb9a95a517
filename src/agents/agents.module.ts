import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { TeamsModule } from '../teams/teams.module.js';
import { AgentParticipants } from './agent.participants.js';
import { AgentsService } from './agents.service.js';

@Module({
  imports: [AuthModule, TeamsModule],
  providers: [AgentParticipants, AgentsService],
  exports: [AgentParticipants, AgentsService],
})
export class AgentsModule {}
