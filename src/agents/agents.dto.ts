import { PartialType, PickType } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayNotEmpty,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsDefined,
  IsEmail,
  IsIn,
  IsInt,
  IsNotEmpty,
  IsObject,
  IsOptional,
  IsString,
  IsUUID,
  Length,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import type { Lifecycle } from '#contracts';
import type * as wire from '#contracts';
import { MayBeAbsent } from '../platform/http/may-be-absent.js';
import { allLowered, lowered } from '../platform/http/lowered.js';
import { trimmed } from '../platform/http/trimmed.js';
import { e164, IsPhone } from './phone.js';

const CAPACITY = {
  message: "A capacity is a whole number from 0 to 1000, or null for the team's",
  context: { code: 'capacity_invalid' },
};

export class CreateAgentRequest implements wire.CreateAgentRequest {
  @Transform(trimmed)
  @IsString()
  @Length(1, 100, { message: 'A name has 1 to 100 characters', context: { code: 'name_invalid' } })
  name: string;

  @Transform(trimmed)
  @MaxLength(254, { message: 'An e-mail address has up to 254 characters', context: { code: 'email_invalid' } })
  @IsEmail({}, { message: 'Give an e-mail address like ana@example.com', context: { code: 'email_invalid' } })
  email: string;

  @Transform(e164)
  @IsPhone({
    message: 'Give a phone number with + and country code, like +5511912345678',
    context: { code: 'phone_invalid' },
  })
  phone: string;

  @Transform(lowered)
  @IsUUID('all', { message: 'Choose a team from GET /api/v1/teams', context: { code: 'team_not_found' } })
  @IsNotEmpty({ message: 'Every agent is linked to a team; name one', context: { code: 'team_required' } })
  teamId: string;

  @MayBeAbsent()
  @IsBoolean({ message: 'hidePhone is true or false', context: { code: 'hide_phone_invalid' } })
  hidePhone?: boolean;

  @MayBeAbsent()
  @IsIn(['active', 'inactive'], { message: 'A status is active or inactive', context: { code: 'status_invalid' } })
  status?: Lifecycle;

  @IsOptional()
  @IsString()
  @MaxLength(5_000, { message: 'Notes have up to 5,000 characters', context: { code: 'notes_too_long' } })
  notes?: string | null;

  @IsOptional()
  @IsInt(CAPACITY)
  @Min(0, CAPACITY)
  @Max(1_000, CAPACITY)
  capacity?: number | null;

  @MayBeAbsent()
  @IsString()
  @Length(10, 200, { message: 'A password has 10 to 200 characters', context: { code: 'password_invalid' } })
  password?: string;
}

export class UpdateAgentRequest
  extends PartialType(CreateAgentRequest, { skipNullProperties: false })
  implements wire.UpdateAgentRequest {}

/** The values that many agents can be given at once. */
export class BulkAgentsChange
  extends PickType(UpdateAgentRequest, ['teamId', 'status', 'hidePhone'])
  implements wire.BulkAgentsChange {}

const MAX_BULK = 1_000;

export class BulkAgentsRequest implements wire.BulkAgentsRequest {
  @Transform(allLowered)
  @IsArray()
  @ArrayNotEmpty({ message: 'Name at least one agent', context: { code: 'ids_empty' } })
  @ArrayMaxSize(MAX_BULK, { message: 'Name at most 1,000 agents', context: { code: 'too_many_items' } })
  @ArrayUnique({ message: 'Name each agent once', context: { code: 'duplicate_id' } })
  @IsUUID('all', { each: true, message: 'ids are ids of agents', context: { code: 'id_invalid' } })
  ids: string[];

  @IsDefined({ message: 'set says what is to change', context: { code: 'set_required' } })
  @IsObject()
  @ValidateNested()
  @Type(() => BulkAgentsChange)
  set: BulkAgentsChange;
}
