import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { MessageView, Page } from '#contracts';
import type { Authority } from '../access/authority.js';
import { Caller } from '../access/caller.decorator.js';
import { Requires } from '../access/requires.decorator.js';
import { idOf } from '../platform/http/id.pipe.js';
import { Returns } from '../platform/http/returns.decorator.js';
import { Refuses } from '../platform/openapi/refuses.decorator.js';
import { CreateMessageRequest, ListMessagesQuery } from './messages.dto.js';
import { MessagesService } from './messages.service.js';

const conversationId = idOf('conversation');

@ApiTags('conversations')
@Controller('conversations/:id/messages')
export class MessagesController {
  constructor(private readonly messages: MessagesService) {}

  /**
   * List messages
   *
   * What was said, the newest first. Numbers in it are masked for who may not see them.
   */
  @Get()
  @Requires('inbox.read')
  @Returns('MessageView', { list: true })
  list(
    @Caller() caller: Authority,
    @Param('id', conversationId) id: string,
    @Query() query: ListMessagesQuery,
  ): Promise<Page<MessageView>> {
    return this.messages.list(caller, id, query);
  }

  /**
   * Answer the customer
   *
   * Sends a text by WhatsApp, in the order it was written. Who has the conversation may; for others' and nobody's also
   * `inbox.assign` is needed. The answer does not wait for WhatsApp: `message.updated` on `/inbox` and the list tell what became of it.
   */
  @Post()
  @Requires('inbox.reply')
  @Refuses('conversation_resolved', 'window_closed', 'channel_missing')
  @Returns('MessageView', { status: 201 })
  create(
    @Caller() caller: Authority,
    @Param('id', conversationId) id: string,
    @Body() request: CreateMessageRequest,
  ): Promise<MessageView> {
    return this.messages.create(caller, id, request);
  }
}
