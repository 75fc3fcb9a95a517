import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { TeamsModule } from '../teams/teams.module.js';
import { AgentChanges } from './agent-changes.service.js';
import { AgentParticipants } from './agent.participants.js';
import { AgentsService } from './agents.service.js';

@Module({
  imports: [AuthModule, TeamsModule],
  providers: [AgentChanges, AgentParticipants, AgentsService],
  exports: [AgentParticipants, AgentsService],
})
export class AgentsModule {}
