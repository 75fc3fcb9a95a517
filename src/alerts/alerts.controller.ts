import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { AlertView, Page } from '#contracts';
import type { Authority } from '../access/authority.js';
import { Caller } from '../access/caller.decorator.js';
import { Requires } from '../access/requires.decorator.js';
import { Database } from '../platform/database/database.js';
import { toPage } from '../platform/http/page.js';
import { Returns } from '../platform/http/returns.decorator.js';
import { alertPage, type AlertRow, toAlertView } from './alerts.queries.js';
import { ListAlertsQuery } from './alerts.query.js';

@ApiTags('alerts')
@Controller('alerts')
export class AlertsController {
  constructor(private readonly database: Database) {}

  /** Open ones and those of the last 400 days, newest first. Sort by raisedAt. */
  @Get()
  @Requires('dashboard.view')
  @Returns('AlertView', { list: true })
  async list(@Caller() caller: Authority, @Query() query: ListAlertsQuery): Promise<Page<AlertView>> {
    const { text, values } = alertPage(caller.workspaceId, query);
    const { rows } = await this.database.of(caller.workspaceId).query<AlertRow>(text, values);
    return toPage(rows, query.limit, toAlertView, (row) => row.cursor);
  }
}
