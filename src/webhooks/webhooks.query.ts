import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import type { WebhookDeliveryStatus } from '#contracts';
import { PageQuery } from '../platform/http/page.js';

const STATUSES = ['pending', 'delivered', 'failed'] as const satisfies WebhookDeliveryStatus[];

/** Filters of an endpoint's deliveries. */
export class ListDeliveriesQuery extends PageQuery {
  @ApiPropertyOptional({ enum: STATUSES })
  @IsOptional()
  @IsIn(STATUSES)
  status?: WebhookDeliveryStatus;
}
