import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { RosterSnapshot } from '#contracts';
import type { Authority } from '../access/authority.js';
import { Caller } from '../access/caller.decorator.js';
import { Requires } from '../access/requires.decorator.js';
import { notFound } from '../platform/errors/problem.exception.js';
import { Returns } from '../platform/http/returns.decorator.js';
import { Refuses } from '../platform/openapi/refuses.decorator.js';
import { RosterView } from '../roster/audience/roster.view.js';
import { LiveRoster } from '../roster/live-roster.js';
import { TeamQuery } from '../roster/roster.dto.js';

@ApiTags('dashboard')
@Controller('dashboard')
export class DashboardController {
  constructor(private readonly live: LiveRoster) {}

  /**
   * The roster as it is now
   *
   * Every agent with presence, load, density and who waits, and every team's sums. Its position (`epoch`, `offset`) is
   * one to `subscribe` from on `/dashboard`, which then keeps it current.
   */
  @Get('roster')
  @Requires('dashboard.view')
  @Refuses('not_found', 'live_unavailable')
  @Returns('RosterSnapshot')
  async roster(@Caller() caller: Authority, @Query() { teamId }: TeamQuery): Promise<RosterSnapshot> {
    const projection = await this.live.current(caller.workspaceId);
    const view = new RosterView(projection, { teamId });
    if (!view.exists()) throw notFound('team');
    const asOf = new Date(projection.at).toISOString();
    return { epoch: projection.epoch, offset: view.lastOffset(), asOf, ...view.snapshot() };
  }
}
