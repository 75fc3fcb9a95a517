import type { Readable } from 'node:stream';
import { Controller, Get, Headers, Query, StreamableFile } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { DensityReport, OccupancyReport, PresenceReport } from '#contracts';
import type { Authority } from '../access/authority.js';
import { Caller } from '../access/caller.decorator.js';
import { Requires } from '../access/requires.decorator.js';
import { Returns } from '../platform/http/returns.decorator.js';
import { Refuses } from '../platform/openapi/refuses.decorator.js';
import { ReportFilesService } from './report-files.service.js';
import { DensityReportQuery, PagedReportQuery, type ReportQuery } from './reports.query.js';
import { ReportsService } from './reports.service.js';

/** What happened on the floor, as figures. All times are UTC; `docs/reports.md` has the formulas. */
@ApiTags('reports')
@Controller('reports')
export class ReportsController {
  constructor(
    private readonly reports: ReportsService,
    private readonly files: ReportFilesService,
  ) {}

  /**
   * Interactions over time
   *
   * Inbound and outbound in each bucket from `from` to `to`, at most 1,500 of them, by the interactions' own times; of the
   * team or agent they counted for when they were stored. What was acknowledged is in it, also where it came late.
   */
  @Get('density')
  @Requires('reports.view')
  @Refuses('not_found', 'too_many_requests')
  @Returns('DensityReport', { csv: true })
  async density(
    @Caller() { workspaceId }: Authority,
    @Query() query: DensityReportQuery,
    @Headers('accept') accept?: string,
  ): Promise<DensityReport | StreamableFile> {
    if (!wantsFile(query, accept)) return this.reports.density(workspaceId, query);
    return file('density', await this.files.density(workspaceId, query));
  }

  /**
   * Time in state
   *
   * How long agents, or all agents of teams, were available, busy, away and offline. At most 93 days.
   */
  @Get('presence')
  @Requires('reports.view')
  @Refuses('not_found', 'too_many_requests')
  @Returns('PresenceReport', { csv: true })
  async presence(
    @Caller() { workspaceId }: Authority,
    @Query() query: PagedReportQuery,
    @Headers('accept') accept?: string,
  ): Promise<PresenceReport | StreamableFile> {
    if (!wantsFile(query, accept)) return this.reports.presence(workspaceId, query);
    return file('presence', await this.files.presence(workspaceId, query));
  }

  /**
   * Occupancy, handling and waiting
   *
   * How much of their present time agents had conversations, how many at a time, how long they had them, how long
   * customers waited for answers, and interactions per available hour. At most 31 days, from and to whole minutes.
   */
  @Get('occupancy')
  @Requires('reports.view')
  @Refuses('not_found', 'too_many_requests')
  @Returns('OccupancyReport', { csv: true })
  async occupancy(
    @Caller() { workspaceId }: Authority,
    @Query() query: PagedReportQuery,
    @Headers('accept') accept?: string,
  ): Promise<OccupancyReport | StreamableFile> {
    if (!wantsFile(query, accept)) return this.reports.occupancy(workspaceId, query);
    return file('occupancy', await this.files.occupancy(workspaceId, query));
  }
}

function wantsFile({ format }: ReportQuery, accept = ''): boolean {
  return format ? format === 'csv' : accept.includes('text/csv');
}

function file(name: string, content: Readable): StreamableFile {
  const disposition = `attachment; filename="${name}.csv"`;
  return new StreamableFile(content, { type: 'text/csv; charset=utf-8', disposition });
}
