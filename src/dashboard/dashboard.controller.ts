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
import { PastRoster } from '../roster/past/past-roster.js';
import { RosterQuery } from './dashboard.dto.js';

@ApiTags('dashboard')
@Controller('dashboard')
export class DashboardController {
  constructor(
    private readonly live: LiveRoster,
    private readonly past: PastRoster,
  ) {}

  /**
   * The roster as it is now, or as it was at a moment of the last 30 days
   *
   * Every agent with presence, load, density and who waits, and every team's sums. Its position (`epoch`, `offset`) is
   * one to `subscribe` from on `/dashboard`, which then keeps it current.
   *
   * With `at` all of it is as of that moment: who and which teams there were, with the name, team, status and capacity
   * of then; presence, who had which open conversation, who waited. Everything dated up to the moment counts, however
   * late it came in; the windows are those of the five seconds the moment is in. An interaction counts for the team
   * its agent was in when it was recorded. Such a roster has no position to go on from: `epoch` is `past`, and
   * `offset` and each `v` are 0.
   */
  @Get('roster')
  @Requires('dashboard.view')
  @Refuses('not_found', 'live_unavailable', 'too_many_requests')
  @Returns('RosterSnapshot')
  async roster(@Caller() { workspaceId }: Authority, @Query() { teamId, at }: RosterQuery): Promise<RosterSnapshot> {
    const isPast = at !== undefined;
    const projection = await (isPast ? this.past.at(workspaceId, at) : this.live.current(workspaceId));
    const view = new RosterView(projection, { teamId });
    if (!view.exists()) throw notFound('team');
    const asOf = new Date(projection.at).toISOString();
    return { epoch: projection.epoch, offset: view.lastOffset(), asOf, ...view.snapshot() };
  }
}
