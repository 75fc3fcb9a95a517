import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsBoolean, IsOptional, IsUUID } from 'class-validator';
import { lowered } from '../platform/http/lowered.js';
import { PageQuery } from '../platform/http/page.js';

const asBoolean = Transform(({ value }) => (value === 'true' ? true : value === 'false' ? false : value));

/** Filters of the list of alerts. */
export class ListAlertsQuery extends PageQuery {
  /** Only those that are open, or only those that are over. */
  @ApiPropertyOptional({ type: 'boolean' })
  @IsOptional()
  @asBoolean
  @IsBoolean()
  open?: boolean;

  @ApiPropertyOptional({ format: 'uuid' })
  @IsOptional()
  @Transform(lowered)
  @IsUUID('all')
  thresholdId?: string;

  @ApiPropertyOptional({ format: 'uuid' })
  @IsOptional()
  @Transform(lowered)
  @IsUUID('all')
  agentId?: string;

  /** About this team or one of its agents, as they were when the alert was raised. */
  @ApiPropertyOptional({ format: 'uuid' })
  @IsOptional()
  @Transform(lowered)
  @IsUUID('all')
  teamId?: string;
}
