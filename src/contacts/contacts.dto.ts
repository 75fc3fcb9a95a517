import { PickType } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsString, Length, MaxLength, ValidateIf } from 'class-validator';
import type * as wire from '#contracts';
import { PageQuery } from '../platform/http/page.js';
import { trimmed } from '../platform/http/trimmed.js';

const NAME = { message: 'A name has up to 200 characters', context: { code: 'name_invalid' } };
const REASON = { message: 'Say in 3 to 500 characters why you need the number', context: { code: 'reason_invalid' } };

export class UpdateContactRequest implements wire.UpdateContactRequest {
  @ValidateIf((_body, value) => value !== null)
  @Transform(trimmed)
  @IsString(NAME)
  @MaxLength(200, NAME)
  name: string | null;
}

export class RevealRequest implements wire.RevealRequest {
  @Transform(trimmed)
  @IsString(REASON)
  @Length(3, 500, REASON)
  reason: string;
}

/** The search of the contact list. */
export class ExportContactsQuery extends PickType(PageQuery, ['q'] as const) {}
