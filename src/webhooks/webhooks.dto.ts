import { PartialType } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayNotEmpty,
  IsArray,
  IsBoolean,
  IsIn,
  IsOptional,
  IsString,
  Length,
  MaxLength,
} from 'class-validator';
import { WEBHOOK_EVENTS, type WebhookEvent } from '#contracts';
import type * as wire from '#contracts';
import { MayBeAbsent } from '../platform/http/may-be-absent.js';
import { trimmed } from '../platform/http/trimmed.js';

const NAMES = Object.keys(WEBHOOK_EVENTS);
const URL = { message: 'An address has 1 to 2,000 characters', context: { code: 'url_invalid' } };
const EVENTS = { message: `Choose one or more of ${NAMES.join(', ')}`, context: { code: 'events_invalid' } };

export class CreateWebhookRequest implements wire.CreateWebhookRequest {
  @Transform(trimmed)
  @IsString(URL)
  @Length(1, 2_000, URL)
  url: string;

  @IsOptional()
  @Transform(trimmed)
  @IsString()
  @MaxLength(200, { message: 'A description has up to 200 characters', context: { code: 'description_invalid' } })
  description?: string | null;

  @IsArray(EVENTS)
  @ArrayNotEmpty(EVENTS)
  @ArrayMaxSize(100, EVENTS)
  @IsIn(NAMES, { each: true, ...EVENTS })
  events: WebhookEvent[];

  @MayBeAbsent()
  @IsBoolean()
  enabled?: boolean;
}

export class UpdateWebhookRequest
  extends PartialType(CreateWebhookRequest, { skipNullProperties: false })
  implements wire.UpdateWebhookRequest {}
