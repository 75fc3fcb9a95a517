import { Controller, Headers, Param, Post, Query, type RawBodyRequest, Req } from '@nestjs/common';
import { ApiBody, ApiHeader, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { Public } from '../access/requires.decorator.js';
import { idOf } from '../platform/http/id.pipe.js';
import { Returns } from '../platform/http/returns.decorator.js';
import { Refuses } from '../platform/openapi/refuses.decorator.js';
import { ChatwootService } from './chatwoot.service.js';

@ApiTags('webhooks')
@Controller('chatwoot-accounts')
export class ChatwootController {
  constructor(private readonly chatwoot: ChatwootService) {}

  /**
   * Take an event of Chatwoot
   *
   * Signed in `X-Chatwoot-Signature` over `X-Chatwoot-Timestamp` and the raw body once the account has a secret; before,
   * with the token. 200 when everything in it that counts is durable; delivering it again is harmless.
   */
  @Post(':id/events')
  @Public()
  @Refuses('signature_invalid', 'too_many_requests')
  @ApiBody({ schema: { $ref: '#/components/schemas/ChatwootEvent' } })
  @ApiQuery({ name: 'token', required: false, description: 'From the path that connecting the account answered with.' })
  @ApiHeader({ name: 'X-Chatwoot-Signature', required: false, description: '`sha256=` and hex.' })
  @ApiHeader({ name: 'X-Chatwoot-Timestamp', required: false, description: 'Seconds since 1970.' })
  @Returns(null, { status: 200 })
  async receive(
    @Param('id', idOf('chatwoot account')) id: string,
    @Req() request: RawBodyRequest<FastifyRequest>,
    @Query() query: Record<string, unknown>,
    @Headers('x-chatwoot-signature') signature?: string,
    @Headers('x-chatwoot-timestamp') timestamp?: string,
  ): Promise<void> {
    const proof = { raw: request.rawBody, token: query.token, signature, timestamp };
    await this.chatwoot.receive(id, proof, request.body);
  }
}
