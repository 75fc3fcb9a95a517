import { Module } from '@nestjs/common';
import { AgentsModule } from '../agents/agents.module.js';
import { ContactsModule } from '../contacts/contacts.module.js';
import { TeamsModule } from '../teams/teams.module.js';
import { AssignmentService } from './assignment.service.js';
import { AssignmentUpkeep } from './assignment.upkeep.js';
import { ConversationErasure } from './conversation-erasure.js';
import { ConversationQueue } from './conversation-queue.js';
import { ConversationsController } from './conversations.controller.js';
import { ConversationsService } from './conversations.service.js';
import { GroupedAssignments } from './grouped-assignments.js';
import { MirroredConversations } from './mirrored-conversations.service.js';
import { ReleaseService } from './release.service.js';

@Module({
  imports: [AgentsModule, ContactsModule, TeamsModule],
  controllers: [ConversationsController],
  providers: [
    AssignmentService,
    AssignmentUpkeep,
    ConversationErasure,
    ConversationQueue,
    ConversationsService,
    GroupedAssignments,
    MirroredConversations,
    ReleaseService,
  ],
  exports: [AssignmentService, ConversationsService, MirroredConversations],
})
export class ConversationsModule {}
