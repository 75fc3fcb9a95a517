import { Body, Controller, Delete, Get, Headers, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Page, ThresholdView } from '#contracts';
import type { Authority } from '../access/authority.js';
import { Caller } from '../access/caller.decorator.js';
import { Requires } from '../access/requires.decorator.js';
import { expectedVersion } from '../platform/http/etag.js';
import { idOf } from '../platform/http/id.pipe.js';
import { PageQuery } from '../platform/http/page.js';
import { Returns } from '../platform/http/returns.decorator.js';
import { Refuses } from '../platform/openapi/refuses.decorator.js';
import { CreateThresholdRequest, UpdateThresholdRequest } from './thresholds.dto.js';
import { ThresholdsService } from './thresholds.service.js';

const thresholdId = idOf('threshold');

@ApiTags('alerts')
@Controller('thresholds')
export class ThresholdsController {
  constructor(private readonly thresholds: ThresholdsService) {}

  /** Sort by name, kind or createdAt; `q` searches names. */
  @Get()
  @Requires('settings.manage')
  @Returns('ThresholdView', { list: true })
  list(@Caller() caller: Authority, @Query() page: PageQuery): Promise<Page<ThresholdView>> {
    return this.thresholds.list(caller.workspaceId, page);
  }

  /** A new limit, watched from now on. At most 100 in a workspace, each with at most 100 open alerts. */
  @Post()
  @Requires('settings.manage')
  @Refuses('name_taken')
  @Returns('ThresholdView', { status: 201 })
  create(@Caller() caller: Authority, @Body() request: CreateThresholdRequest): Promise<ThresholdView> {
    return this.thresholds.create(caller, request);
  }

  /** The threshold, and how many of its alerts are open. */
  @Get(':id')
  @Requires('settings.manage')
  @Returns('ThresholdView')
  get(@Caller() caller: Authority, @Param('id', thresholdId) id: string): Promise<ThresholdView> {
    return this.thresholds.get(caller.workspaceId, id);
  }

  /** Anything but another name begins it anew: alerts that it has raised are cleared as `threshold_changed`. */
  @Patch(':id')
  @Requires('settings.manage')
  @Refuses('name_taken')
  @Returns('ThresholdView')
  update(
    @Caller() caller: Authority,
    @Param('id', thresholdId) id: string,
    @Body() request: UpdateThresholdRequest,
    @Headers('if-match') ifMatch?: string,
  ): Promise<ThresholdView> {
    return this.thresholds.update(caller, id, request, expectedVersion(ifMatch));
  }

  /** Answers with the threshold as it was. Its open alerts are cleared; what it has raised stays in `GET /alerts`. */
  @Delete(':id')
  @Requires('settings.manage')
  @Returns('ThresholdView')
  delete(
    @Caller() caller: Authority,
    @Param('id', thresholdId) id: string,
    @Headers('if-match') ifMatch?: string,
  ): Promise<ThresholdView> {
    return this.thresholds.delete(caller, id, expectedVersion(ifMatch));
  }
}
