import { Body, Controller, Delete, Get, Headers, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Page, WebhookDeliveryView, WebhookView, WebhookWithSecret } from '#contracts';
import type { Authority } from '../access/authority.js';
import { Caller } from '../access/caller.decorator.js';
import { Requires } from '../access/requires.decorator.js';
import { expectedVersion } from '../platform/http/etag.js';
import { idOf } from '../platform/http/id.pipe.js';
import { PageQuery } from '../platform/http/page.js';
import { Returns } from '../platform/http/returns.decorator.js';
import { CreateWebhookRequest, UpdateWebhookRequest } from './webhooks.dto.js';
import { ListDeliveriesQuery } from './webhooks.query.js';
import { WebhooksService } from './webhooks.service.js';

const webhookId = idOf('webhook');

@ApiTags('outgoing webhooks')
@Controller('webhooks')
export class WebhooksController {
  constructor(private readonly webhooks: WebhooksService) {}

  /** Sort by createdAt or url; `q` searches addresses and descriptions. */
  @Get()
  @Requires('settings.manage')
  @Returns('WebhookView', { list: true })
  list(@Caller() caller: Authority, @Query() page: PageQuery): Promise<Page<WebhookView>> {
    return this.webhooks.list(caller.workspaceId, page);
  }

  /** An endpoint that is told of the events it names. Its secret is in the answer and never shown again. */
  @Post()
  @Requires('settings.manage')
  @Returns('WebhookWithSecret', { status: 201 })
  create(@Caller() caller: Authority, @Body() request: CreateWebhookRequest): Promise<WebhookWithSecret> {
    return this.webhooks.create(caller, request);
  }

  /** The endpoint, and since when it fails. */
  @Get(':id')
  @Requires('settings.manage')
  @Returns('WebhookView')
  get(@Caller() caller: Authority, @Param('id', webhookId) id: string): Promise<WebhookView> {
    return this.webhooks.get(caller.workspaceId, id);
  }

  /** Disabling it gives up what is on its way; enabling it again tells it of what happens from then on. */
  @Patch(':id')
  @Requires('settings.manage')
  @Returns('WebhookView')
  update(
    @Caller() caller: Authority,
    @Param('id', webhookId) id: string,
    @Body() request: UpdateWebhookRequest,
    @Headers('if-match') ifMatch?: string,
  ): Promise<WebhookView> {
    return this.webhooks.update(caller, id, request, expectedVersion(ifMatch));
  }

  /** Answers with the endpoint as it was. Its deliveries go with it. */
  @Delete(':id')
  @Requires('settings.manage')
  @Returns('WebhookView')
  delete(
    @Caller() caller: Authority,
    @Param('id', webhookId) id: string,
    @Headers('if-match') ifMatch?: string,
  ): Promise<WebhookView> {
    return this.webhooks.delete(caller, id, expectedVersion(ifMatch));
  }

  /**
   * Rotate the secret
   *
   * The new secret is in the answer and never shown again. The one before signs beside it for 24 hours.
   */
  @Post(':id/rotate')
  @Requires('settings.manage')
  @Returns('WebhookWithSecret')
  rotate(
    @Caller() caller: Authority,
    @Param('id', webhookId) id: string,
    @Headers('if-match') ifMatch?: string,
  ): Promise<WebhookWithSecret> {
    return this.webhooks.rotate(caller, id, expectedVersion(ifMatch));
  }

  /**
   * Send a test
   *
   * A `webhook.test`, also to an endpoint that is disabled; what becomes of it is among the deliveries.
   */
  @Post(':id/test')
  @Requires('settings.manage')
  @Returns('WebhookDeliveryView', { status: 202 })
  test(@Caller() caller: Authority, @Param('id', webhookId) id: string): Promise<WebhookDeliveryView> {
    return this.webhooks.test(caller, id);
  }

  /**
   * List deliveries
   *
   * Those of the last 30 days, newest first, with what became of each. Sort by occurredAt.
   */
  @Get(':id/deliveries')
  @Requires('settings.manage')
  @Returns('WebhookDeliveryView', { list: true })
  deliveries(
    @Caller() caller: Authority,
    @Param('id', webhookId) id: string,
    @Query() query: ListDeliveriesQuery,
  ): Promise<Page<WebhookDeliveryView>> {
    return this.webhooks.deliveries(caller.workspaceId, id, query);
  }
}
