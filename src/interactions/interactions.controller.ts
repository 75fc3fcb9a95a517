import { Body, Controller, Post } from '@nestjs/common';
import { ApiBody, ApiTags } from '@nestjs/swagger';
import type { IngestAnswer } from '#contracts';
import type { Authority } from '../access/authority.js';
import { Caller } from '../access/caller.decorator.js';
import { Requires } from '../access/requires.decorator.js';
import { Returns } from '../platform/http/returns.decorator.js';
import { Refuses } from '../platform/openapi/refuses.decorator.js';
import { InteractionsService } from './interactions.service.js';

@ApiTags('interactions')
@Controller('interactions')
export class InteractionsController {
  constructor(private readonly interactions: InteractionsService) {}

  /**
   * Report interactions
   *
   * Reports up to 1,000 interactions. 202 after a durable insert; each `id` counts once, so repeating is harmless.
   * What is wrong with one interaction is in `rejected` and doesn't keep the others from being counted.
   */
  @Post()
  @Requires('interactions.write')
  @Refuses('too_many_requests')
  @ApiBody({ schema: { $ref: '#/components/schemas/IngestRequest' } })
  @Returns('IngestAnswer', { status: 202 })
  ingest(@Caller() caller: Authority, @Body() body: unknown): Promise<IngestAnswer> {
    return this.interactions.ingest(caller.workspaceId, body);
  }
}
