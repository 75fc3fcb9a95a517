import { Controller, Post, Query, Req, StreamableFile } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import type { Authority } from '../../access/authority.js';
import { Caller } from '../../access/caller.decorator.js';
import { Requires } from '../../access/requires.decorator.js';
import { TakesCsv } from '../../platform/http/csv-body.js';
import { Streams } from '../../platform/http/streams.decorator.js';
import { Refuses } from '../../platform/openapi/refuses.decorator.js';
import { ImportsService } from './imports.service.js';
import { ImportQuery } from './import.query.js';

@ApiTags('agents')
@Controller('agents/import')
export class AgentImportController {
  constructor(private readonly imports: ImportsService) {}

  /**
   * Import agents
   *
   * Creates agents from a CSV file, and changes those whose e-mail is known: columns name, email, phone and team (its
   * name or id), and if you like hidePhone, status, notes and capacity; separated by comma, semicolon or tab; UTF-8; up
   * to 100,000 rows and 64 MB. What is wrong with the file as a whole is refused before anything is written. Then the
   * answer is one JSON object a line: progress after each 1,000 rows, and last what came of it. Rows that break a rule
   * are refused one by one, with the codes of `POST /agents`; the others are taken. Importing a file again is harmless.
   */
  @Post()
  @Requires('agents.manage')
  @TakesCsv('The file; the first line names the columns.')
  @Streams('application/x-ndjson', {
    line: 'AgentImportEvent',
    description: 'One object a line; the last one is `done` or `failed`, else the answer was cut off.',
  })
  @Refuses('bad_request', 'payload_too_large', 'unsupported_media_type', 'too_many_requests')
  async create(
    @Caller() caller: Authority,
    @Req() request: FastifyRequest,
    @Query() query: ImportQuery,
  ): Promise<StreamableFile> {
    const events = await this.imports.start(caller, request.body, query, request.id);
    return new StreamableFile(events, { type: 'application/x-ndjson; charset=utf-8' });
  }
}
