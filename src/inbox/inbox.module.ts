import { Module } from '@nestjs/common';
import { ConversationsModule } from '../conversations/conversations.module.js';
import { MessagesModule } from '../messages/messages.module.js';
import { PresenceModule } from '../presence/presence.module.js';
import { RosterModule } from '../roster/roster.module.js';
import { ConversationPush } from './conversation-push.js';
import { InboxController } from './inbox.controller.js';
import { InboxGateway } from './inbox.gateway.js';
import { InboxPresence } from './inbox-presence.js';

/** What inbox clients see. */
@Module({
  imports: [ConversationsModule, MessagesModule, PresenceModule, RosterModule],
  controllers: [InboxController],
  providers: [ConversationPush, InboxGateway, InboxPresence],
})
export class InboxModule {}
