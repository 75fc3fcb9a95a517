import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import {
  IsBoolean,
  IsIn,
  IsObject,
  IsOptional,
  IsString,
  IsUUID,
  Length,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import type { ConversationStatus } from '#contracts';
import type * as wire from '#contracts';
import { lowered } from '../platform/http/lowered.js';
import { PageQuery } from '../platform/http/page.js';
import { trimmed } from '../platform/http/trimmed.js';

const asBoolean = Transform(({ value }) => (value === 'true' ? true : value === 'false' ? false : value));
const TEAM = { message: 'Choose a team from GET /api/v1/teams', context: { code: 'team_not_found' } };
const AGENT = { message: 'Choose an agent from GET /api/v1/inbox/assignable', context: { code: 'agent_not_found' } };

class ContactInput {
  @IsOptional()
  @Transform(trimmed)
  @IsString()
  @MaxLength(200, { message: 'A name has up to 200 characters', context: { code: 'name_invalid' } })
  name?: string | null;

  @IsString({
    message: 'Give the number with + and country code, like +5511912345678',
    context: { code: 'phone_invalid' },
  })
  phone: string;
}

export class CreateConversationRequest implements wire.CreateConversationRequest {
  @IsOptional()
  @IsString()
  @Length(1, 200, { message: 'An external id has 1 to 200 characters', context: { code: 'external_id_invalid' } })
  externalId?: string | null;

  @IsObject()
  @ValidateNested()
  @Type(() => ContactInput)
  contact: ContactInput;

  @IsOptional()
  @Transform(lowered)
  @IsUUID('all', TEAM)
  teamId?: string | null;
}

export class AssignRequest implements wire.AssignRequest {
  @IsOptional()
  @Transform(lowered)
  @IsUUID('all', AGENT)
  agentId?: string;

  @IsOptional()
  @IsIn(['least-loaded'], { message: 'The strategy is least-loaded', context: { code: 'strategy_unknown' } })
  strategy?: 'least-loaded';

  @IsOptional()
  @Transform(lowered)
  @IsUUID('all', TEAM)
  teamId?: string;
}

export class TransferRequest implements wire.TransferRequest {
  @Transform(lowered)
  @IsUUID('all', TEAM)
  teamId: string;
}

/** Filters of the conversation list. */
export class ListConversationsQuery extends PageQuery {
  @ApiPropertyOptional({ enum: ['open', 'resolved'] })
  @IsOptional()
  @IsIn(['open', 'resolved'])
  status?: ConversationStatus;

  @ApiPropertyOptional({ format: 'uuid' })
  @IsOptional()
  @Transform(lowered)
  @IsUUID('all')
  assigneeId?: string;

  @ApiPropertyOptional({ format: 'uuid' })
  @IsOptional()
  @Transform(lowered)
  @IsUUID('all')
  teamId?: string;

  /** Only those that nobody has. */
  @ApiPropertyOptional({ type: 'boolean' })
  @IsOptional()
  @asBoolean
  @IsBoolean()
  unassigned?: boolean;
}
