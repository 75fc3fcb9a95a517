import { Module } from '@nestjs/common';
import { AgentsModule } from '../agents/agents.module.js';
import { TeamsModule } from '../teams/teams.module.js';
import { AssignmentService } from './assignment.service.js';
import { AssignmentUpkeep } from './assignment.upkeep.js';
import { ConversationQueue } from './conversation-queue.js';
import { ConversationsController } from './conversations.controller.js';
import { ConversationsService } from './conversations.service.js';
import { ReleaseService } from './release.service.js';

@Module({
  imports: [AgentsModule, TeamsModule],
  controllers: [ConversationsController],
  providers: [AssignmentService, AssignmentUpkeep, ConversationQueue, ConversationsService, ReleaseService],
  exports: [AssignmentService, ConversationsService],
})
export class ConversationsModule {}
