import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  IsUUID,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import type * as wire from '#contracts';
import { allLowered } from '../platform/http/lowered.js';
import { TeamQuery } from '../roster/roster.dto.js';

const AGENTS = { message: 'agentIds is a list of up to 1,000 ids of agents', context: { code: 'agents_invalid' } };

export class RosterQuery extends TeamQuery {
  /** The roster as it was then: a moment of the last 30 days. */
  @ApiPropertyOptional({ format: 'date-time' })
  @IsOptional()
  @IsString()
  @MaxLength(40)
  at?: string;
}

class RosterScope extends TeamQuery implements wire.RosterScope {
  @IsOptional()
  @IsArray(AGENTS)
  @ArrayMaxSize(1_000, AGENTS)
  @Transform(allLowered)
  @IsUUID('all', { each: true, ...AGENTS })
  agentIds?: string[];
}

export class SubscribeRoster implements wire.SubscribeRoster {
  @IsIn(['roster'], { message: 'The topic of /dashboard is roster', context: { code: 'topic_unknown' } })
  topic: 'roster';

  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => RosterScope)
  scope?: RosterScope;

  @IsOptional()
  @IsString()
  @MaxLength(100)
  epoch?: string;

  @IsOptional()
  @IsInt()
  @Min(0)
  offset?: number;
}
