import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { RosterSnapshot } from '#contracts';
import type { Authority } from '../access/authority.js';
import { Caller } from '../access/caller.decorator.js';
import { Requires } from '../access/requires.decorator.js';
import { notFound } from '../platform/errors/problem.exception.js';
import { Returns } from '../platform/http/returns.decorator.js';
import { RosterView } from '../roster/audience/roster.view.js';
import { LiveRoster } from '../roster/live-roster.js';
import { TeamQuery } from '../roster/roster.dto.js';

@ApiTags('dashboard')
@Controller('dashboard')
export class DashboardController {
  constructor(private readonly live: LiveRoster) {}

  @Get('roster')
  @Requires('dashboard.view')
  @ApiOperation({ summary: 'The live roster as it is now' })
  @Returns('RosterSnapshot')
  async roster(@Caller() caller: Authority, @Query() { teamId }: TeamQuery): Promise<RosterSnapshot> {
    const projection = await this.live.current(caller.workspaceId);
    const view = new RosterView(projection, { teamId });
    if (!view.exists()) throw notFound('team');
    const asOf = new Date(projection.at).toISOString();
    return { epoch: projection.epoch, offset: view.lastOffset(), asOf, ...view.snapshot() };
  }
}
