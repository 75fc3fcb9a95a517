import { Module } from '@nestjs/common';
import { WebhookDeliveries } from './webhook-deliveries.js';
import { WebhookEvents } from './webhook-events.js';
import { WebhookSender } from './webhook-sender.js';
import { WebhooksController } from './webhooks.controller.js';
import { WebhooksService } from './webhooks.service.js';

/** Outgoing webhooks: who is told of what, signed, until it is heard or given up. */
@Module({
  controllers: [WebhooksController],
  providers: [WebhookDeliveries, WebhookEvents, WebhookSender, WebhooksService],
  exports: [WebhookEvents],
})
export class WebhooksModule {}
