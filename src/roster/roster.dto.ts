import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsOptional, IsString, IsUUID, MaxLength } from 'class-validator';
import type * as wire from '#contracts';
import { lowered } from '../platform/http/lowered.js';

/** Limits a view to a team. */
export class TeamQuery {
  @ApiPropertyOptional({ format: 'uuid', description: 'Only this team.' })
  @IsOptional()
  @Transform(lowered)
  @IsUUID('all', { message: 'Choose a team from GET /api/v1/teams', context: { code: 'team_not_found' } })
  teamId?: string;
}

export class Unsubscribe implements wire.Unsubscribe {
  @IsString()
  @MaxLength(100)
  subscription: string;
}
