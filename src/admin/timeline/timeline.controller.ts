import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Page, TimelineEntry } from '#contracts';
import type { Authority } from '../../access/authority.js';
import { Caller } from '../../access/caller.decorator.js';
import { Requires } from '../../access/requires.decorator.js';
import { idOf } from '../../platform/http/id.pipe.js';
import { Returns } from '../../platform/http/returns.decorator.js';
import { TimelineQuery } from './timeline.query.js';
import { TimelineService } from './timeline.service.js';

@ApiTags('agents')
@Controller('agents/:id/timeline')
export class TimelineController {
  constructor(private readonly timeline: TimelineService) {}

  /**
   * Timeline of agent
   *
   * What happened to the agent, newest first: who changed what, presence, conversations it got and lost, its newest
   * sync, and what took rights away. Deleted agents keep theirs.
   */
  @Get()
  @Requires('agents.read')
  @Returns('TimelineEntry', { list: true })
  list(
    @Caller() caller: Authority,
    @Param('id', idOf('agent')) id: string,
    @Query() query: TimelineQuery,
  ): Promise<Page<TimelineEntry>> {
    return this.timeline.of(caller.workspaceId, id, query);
  }
}
