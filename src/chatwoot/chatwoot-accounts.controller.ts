import { Body, Controller, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { ChatwootAccountView, ChatwootAccountWithPath, Page } from '#contracts';
import type { Authority } from '../access/authority.js';
import { Caller } from '../access/caller.decorator.js';
import { Requires } from '../access/requires.decorator.js';
import { idOf } from '../platform/http/id.pipe.js';
import { PageQuery } from '../platform/http/page.js';
import { Returns } from '../platform/http/returns.decorator.js';
import { Refuses } from '../platform/openapi/refuses.decorator.js';
import { CreateChatwootAccountRequest, UpdateChatwootAccountRequest } from './chatwoot-accounts.dto.js';
import { ChatwootAccountsService } from './chatwoot-accounts.service.js';

const accountId = idOf('chatwoot account');

/** Accounts of Chatwoot whose conversations are followed; docs/adapters.md says how to connect one. */
@ApiTags('chatwoot')
@Controller('chatwoot-accounts')
export class ChatwootAccountsController {
  constructor(private readonly accounts: ChatwootAccountsService) {}

  /** Sort by name or createdAt; `q` searches names. */
  @Get()
  @Requires('settings.manage')
  @Returns('ChatwootAccountView', { list: true })
  list(@Caller() caller: Authority, @Query() page: PageQuery): Promise<Page<ChatwootAccountView>> {
    return this.accounts.list(caller.workspaceId, page);
  }

  /** Connects an account. Enter the path of the answer, behind this installation's address, as a webhook at Chatwoot. */
  @Post()
  @Requires('settings.manage')
  @Refuses('chatwoot_account_taken', 'phone_hidden')
  @Returns('ChatwootAccountWithPath', { status: 201 })
  create(@Caller() caller: Authority, @Body() request: CreateChatwootAccountRequest): Promise<ChatwootAccountWithPath> {
    return this.accounts.create(caller, request);
  }

  /** Changes its name, its team for new conversations, the secrets, or who Chatwoot's users are here. */
  @Patch(':id')
  @Requires('settings.manage')
  @Refuses('phone_hidden')
  @Returns('ChatwootAccountView')
  update(
    @Caller() caller: Authority,
    @Param('id', accountId) id: string,
    @Body() request: UpdateChatwootAccountRequest,
  ): Promise<ChatwootAccountView> {
    return this.accounts.update(caller, id, request);
  }

  /** Follows it no longer. Its conversations stay as they are; connected again, they go on. */
  @Delete(':id')
  @Requires('settings.manage')
  @Returns('ChatwootAccountView')
  delete(@Caller() caller: Authority, @Param('id', accountId) id: string): Promise<ChatwootAccountView> {
    return this.accounts.delete(caller, id);
  }
}
