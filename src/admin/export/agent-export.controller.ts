import { Controller, Get, Header, Query, StreamableFile } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Authority } from '../../access/authority.js';
import { Caller } from '../../access/caller.decorator.js';
import { Requires } from '../../access/requires.decorator.js';
import { Streams } from '../../platform/http/streams.decorator.js';
import { ExportsService } from './exports.service.js';
import { ExportQuery } from './export.query.js';

@ApiTags('agents')
@Controller('agents/export')
export class AgentExportController {
  constructor(private readonly exports: ExportsService) {}

  /**
   * Export agents
   *
   * The agents that the filters leave, oldest first, as a CSV file that an import takes back as it is. Cells that a
   * spreadsheet might take for a formula, phone numbers among them, begin with an apostrophe.
   */
  @Get()
  @Requires('agents.read')
  @Header('Content-Disposition', 'attachment; filename="agents.csv"')
  @Streams('text/csv', { description: 'The file, in UTF-8 with a byte order mark.' })
  file(@Caller() caller: Authority, @Query() query: ExportQuery): StreamableFile {
    return new StreamableFile(this.exports.agents(caller.workspaceId, query), { type: 'text/csv; charset=utf-8' });
  }
}
