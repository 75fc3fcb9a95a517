import { Body, Controller, Get, Headers, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { ConversationView, Page } from '#contracts';
import type { Authority } from '../access/authority.js';
import { Caller } from '../access/caller.decorator.js';
import { Requires, RequiresAny } from '../access/requires.decorator.js';
import { expectedVersion } from '../platform/http/etag.js';
import { idOf } from '../platform/http/id.pipe.js';
import { Returns } from '../platform/http/returns.decorator.js';
import { Refuses } from '../platform/openapi/refuses.decorator.js';
import { AssignmentService } from './assignment.service.js';
import {
  AssignRequest,
  CreateConversationRequest,
  ListConversationsQuery,
  TransferRequest,
} from './conversations.dto.js';
import { ConversationsService } from './conversations.service.js';

const conversationId = idOf('conversation');

@ApiTags('conversations')
@Controller('conversations')
export class ConversationsController {
  constructor(
    private readonly conversations: ConversationsService,
    private readonly assignment: AssignmentService,
  ) {}

  /** Sort by createdAt, lastMessageAt or waitingSince; `q` searches customers' names and finds external ids. */
  @Get()
  @Requires('inbox.read')
  @Returns('ConversationView', { list: true })
  list(@Caller() caller: Authority, @Query() query: ListConversationsQuery): Promise<Page<ConversationView>> {
    return this.conversations.list(caller, query);
  }

  /** Opens a conversation with a customer, who is found by the number or made. */
  @Post()
  @Requires('inbox.assign')
  @Refuses('phone_hidden', 'external_id_taken')
  @Returns('ConversationView', { status: 201 })
  create(@Caller() caller: Authority, @Body() request: CreateConversationRequest): Promise<ConversationView> {
    return this.conversations.create(caller, request);
  }

  /** The conversation; the customer's number is masked for who may not see it. */
  @Get(':id')
  @Requires('inbox.read')
  @Returns('ConversationView')
  get(@Caller() caller: Authority, @Param('id', conversationId) id: string): Promise<ConversationView> {
    return this.conversations.viewFor(caller, id);
  }

  /** To an agent, or to whoever has the least to do. Taking one for oneself needs only `inbox.reply`. */
  @Post(':id/assign')
  @RequiresAny('inbox.assign', 'inbox.reply')
  @Refuses('not_assignable', 'conversation_resolved')
  @Returns('ConversationView')
  assign(
    @Caller() caller: Authority,
    @Param('id', conversationId) id: string,
    @Body() request: AssignRequest,
    @Headers('if-match') ifMatch?: string,
  ): Promise<ConversationView> {
    return this.assignment.assign(caller, id, request, expectedVersion(ifMatch));
  }

  /** To another team. Whoever has it keeps it only as an agent of that team; otherwise it is then nobody's. */
  @Post(':id/transfer')
  @Requires('inbox.assign')
  @Refuses('conversation_resolved')
  @Returns('ConversationView')
  transfer(
    @Caller() caller: Authority,
    @Param('id', conversationId) id: string,
    @Body() request: TransferRequest,
    @Headers('if-match') ifMatch?: string,
  ): Promise<ConversationView> {
    return this.assignment.transfer(caller, id, request.teamId, expectedVersion(ifMatch));
  }

  /** Takes it from whoever has it; it is then nobody's. */
  @Post(':id/unassign')
  @Requires('inbox.assign')
  @Refuses('conversation_resolved')
  @Returns('ConversationView')
  unassign(
    @Caller() caller: Authority,
    @Param('id', conversationId) id: string,
    @Headers('if-match') ifMatch?: string,
  ): Promise<ConversationView> {
    return this.assignment.unassign(caller, id, expectedVersion(ifMatch));
  }

  /** One's own or nobody's with `inbox.reply`, another's with `inbox.assign`. */
  @Post(':id/resolve')
  @RequiresAny('inbox.reply', 'inbox.assign')
  @Refuses('conversation_resolved')
  @Returns('ConversationView')
  resolve(
    @Caller() caller: Authority,
    @Param('id', conversationId) id: string,
    @Headers('if-match') ifMatch?: string,
  ): Promise<ConversationView> {
    return this.conversations.resolve(caller, id, expectedVersion(ifMatch));
  }

  /** Open again, assigned to nobody. */
  @Post(':id/reopen')
  @RequiresAny('inbox.reply', 'inbox.assign')
  @Refuses('conversation_already_open', 'contact_erased')
  @Returns('ConversationView')
  reopen(
    @Caller() caller: Authority,
    @Param('id', conversationId) id: string,
    @Headers('if-match') ifMatch?: string,
  ): Promise<ConversationView> {
    return this.conversations.reopen(caller, id, expectedVersion(ifMatch));
  }
}
