import { Module } from '@nestjs/common';
import { ContactsModule } from '../contacts/contacts.module.js';
import { ConversationsModule } from '../conversations/conversations.module.js';
import { InteractionsModule } from '../interactions/interactions.module.js';
import { DeliveryMessages } from './delivery-messages.js';
import { MessageErasure } from './message-erasure.js';
import { MessagesController } from './messages.controller.js';
import { MessagesService } from './messages.service.js';
import { ChannelPace } from './sending/channel-pace.js';
import { CloudApi } from './sending/cloud-api.js';
import { MessageSender } from './sending/message-sender.js';

/** What was said: what customers wrote, and answers by WhatsApp. */
@Module({
  imports: [ContactsModule, ConversationsModule, InteractionsModule],
  controllers: [MessagesController],
  providers: [ChannelPace, CloudApi, DeliveryMessages, MessageErasure, MessageSender, MessagesService],
  exports: [MessagesService],
})
export class MessagesModule {}
