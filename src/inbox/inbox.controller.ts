import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { AssignableList } from '#contracts';
import type { Authority } from '../access/authority.js';
import { Caller } from '../access/caller.decorator.js';
import { Requires } from '../access/requires.decorator.js';
import { notFound } from '../platform/errors/problem.exception.js';
import { Returns } from '../platform/http/returns.decorator.js';
import { Refuses } from '../platform/openapi/refuses.decorator.js';
import { AssignableView } from '../roster/audience/assignable.view.js';
import { LiveRoster } from '../roster/live-roster.js';
import { TeamQuery } from '../roster/roster.dto.js';
import { mayKnowReasons } from './assignable.rule.js';

@ApiTags('inbox')
@Controller('inbox')
export class InboxController {
  constructor(private readonly live: LiveRoster) {}

  /**
   * Who can take the next conversation
   *
   * Least loaded first; and who is left out, with the reasons for callers with `agents.read` or `dashboard.view`. Its
   * position (`epoch`, `offset`) is one to `subscribe` from on `/inbox`.
   */
  @Get('assignable')
  @Requires('inbox.read')
  @Refuses('not_found', 'live_unavailable')
  @Returns('AssignableList')
  async assignable(@Caller() caller: Authority, @Query() { teamId }: TeamQuery): Promise<AssignableList> {
    const projection = await this.live.current(caller.workspaceId);
    const view = new AssignableView(projection, { teamId, showsReasons: mayKnowReasons(caller) });
    if (!view.exists()) throw notFound('team');
    const { rows: data, excluded } = view.snapshot();
    const asOf = new Date(projection.at).toISOString();
    return { epoch: projection.epoch, offset: view.lastOffset(), asOf, data, excluded };
  }
}
