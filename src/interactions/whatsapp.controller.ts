import { Controller, Get, Header, Headers, Post, Query, type RawBodyRequest, Req } from '@nestjs/common';
import { ApiBody, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { Public } from '../access/requires.decorator.js';
import { ProblemException } from '../platform/errors/problem.exception.js';
import { Returns } from '../platform/http/returns.decorator.js';
import { Refuses } from '../platform/openapi/refuses.decorator.js';
import { WhatsAppService } from './whatsapp.service.js';

const CHALLENGE = /^[\w.-]{1,200}$/;

@ApiTags('webhooks')
@Controller('webhooks/whatsapp')
export class WhatsAppController {
  constructor(private readonly whatsapp: WhatsAppService) {}

  /**
   * Verify the webhook
   *
   * Meta's verification: answers the challenge as text when the verify token is right.
   */
  @Get()
  @Public()
  @Refuses('bad_request', 'verify_token_invalid')
  @Header('Content-Type', 'text/plain; charset=utf-8')
  @ApiQuery({ name: 'hub.mode', example: 'subscribe', description: 'Always `subscribe`.' })
  @ApiQuery({ name: 'hub.verify_token', description: 'The value of MUSTER_WHATSAPP_VERIFY_TOKEN.' })
  @ApiQuery({ name: 'hub.challenge', description: 'What to answer.' })
  verify(@Query() query: Record<string, unknown>): string {
    this.whatsapp.requireVerifyToken(query['hub.verify_token']);
    const challenge = query['hub.challenge'];
    if (query['hub.mode'] === 'subscribe' && typeof challenge === 'string' && CHALLENGE.test(challenge))
      return challenge;
    throw new ProblemException('bad_request', 'A verification has hub.mode=subscribe and a hub.challenge.');
  }

  /**
   * Take a delivery
   *
   * A delivery of the WhatsApp Cloud API, signed in `X-Hub-Signature-256` over its raw bytes. 200 when everything in it
   * that counts is durable; delivering it again is harmless.
   */
  @Post()
  @Public()
  @Refuses('signature_invalid', 'too_many_requests')
  @ApiBody({ schema: { $ref: '#/components/schemas/WhatsAppDelivery' } })
  @Returns(null, { status: 200 })
  async receive(
    @Req() request: RawBodyRequest<FastifyRequest>,
    @Headers('x-hub-signature-256') signature?: string,
  ): Promise<void> {
    this.whatsapp.requireSignature(request.rawBody, signature);
    await this.whatsapp.receive(request.body);
  }
}
