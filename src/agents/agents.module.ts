import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { TeamsModule } from '../teams/teams.module.js';
import { AgentChanges } from './agent-changes.service.js';
import { AgentImport } from './agent-import.service.js';
import { AgentMembers } from './agent-members.service.js';
import { AgentWrites } from './agent-writes.service.js';
import { AgentParticipants } from './agent.participants.js';
import { AgentsService } from './agents.service.js';
import { BulkAgents } from './bulk-agents.service.js';
import { NewAgents } from './new-agents.service.js';

@Module({
  imports: [AuthModule, TeamsModule],
  providers: [
    AgentChanges,
    AgentImport,
    AgentMembers,
    AgentParticipants,
    AgentWrites,
    AgentsService,
    BulkAgents,
    NewAgents,
  ],
  exports: [AgentChanges, AgentImport, AgentParticipants, AgentWrites, AgentsService, NewAgents],
})
export class AgentsModule {}
