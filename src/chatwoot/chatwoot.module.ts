import { Module } from '@nestjs/common';
import { ConversationsModule } from '../conversations/conversations.module.js';
import { InteractionsModule } from '../interactions/interactions.module.js';
import { TeamsModule } from '../teams/teams.module.js';
import { ChatwootAccountsController } from './chatwoot-accounts.controller.js';
import { ChatwootAccountsService } from './chatwoot-accounts.service.js';
import { ChatwootController } from './chatwoot.controller.js';
import { ChatwootService } from './chatwoot.service.js';

/** Stands beside Chatwoot: its conversations, as they are there, on the floor here. */
@Module({
  imports: [ConversationsModule, InteractionsModule, TeamsModule],
  controllers: [ChatwootAccountsController, ChatwootController],
  providers: [ChatwootAccountsService, ChatwootService],
})
export class ChatwootModule {}
