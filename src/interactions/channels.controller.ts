import { Body, Controller, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { ChannelView, Page } from '#contracts';
import type { Authority } from '../access/authority.js';
import { Caller } from '../access/caller.decorator.js';
import { Requires } from '../access/requires.decorator.js';
import { idOf } from '../platform/http/id.pipe.js';
import { PageQuery } from '../platform/http/page.js';
import { Returns } from '../platform/http/returns.decorator.js';
import { Refuses } from '../platform/openapi/refuses.decorator.js';
import { CreateChannelRequest, UpdateChannelRequest } from './channels.dto.js';
import { ChannelsService } from './channels.service.js';

@ApiTags('channels')
@Controller('channels')
export class ChannelsController {
  constructor(private readonly channels: ChannelsService) {}

  /** Sort by name or createdAt; `q` searches names. */
  @Get()
  @Requires('settings.manage')
  @Returns('ChannelView', { list: true })
  list(@Caller() caller: Authority, @Query() page: PageQuery): Promise<Page<ChannelView>> {
    return this.channels.list(caller.workspaceId, page);
  }

  /** Connects a WhatsApp number: its new conversations belong to the team. The token is never shown again. */
  @Post()
  @Requires('settings.manage')
  @Refuses('phone_number_id_taken', 'phone_hidden')
  @Returns('ChannelView', { status: 201 })
  create(@Caller() caller: Authority, @Body() request: CreateChannelRequest): Promise<ChannelView> {
    return this.channels.create(caller, request);
  }

  /** Changes its name, its team for new conversations, the token (when the old one has expired) or the address. */
  @Patch(':id')
  @Requires('settings.manage')
  @Refuses('phone_hidden')
  @Returns('ChannelView')
  update(
    @Caller() caller: Authority,
    @Param('id', idOf('channel')) id: string,
    @Body() request: UpdateChannelRequest,
  ): Promise<ChannelView> {
    return this.channels.update(caller, id, request);
  }
}
