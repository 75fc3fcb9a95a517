import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import { IsIn, IsInt, IsOptional, IsString, IsUUID, Max, MaxLength, Min } from 'class-validator';
import type { ReportGrouping, ReportInterval } from '#contracts';
import { lowered } from '../platform/http/lowered.js';

const FROM = { message: 'Say from when on, like ?from=2026-11-23T10:00:00Z', context: { code: 'time_invalid' } };
const TO = { message: 'Say until when, like ?to=2026-11-23T11:00:00Z', context: { code: 'time_invalid' } };

/** What every report is asked for. */
export class ReportQuery {
  /** From this time on, with its zone. */
  @ApiProperty({ format: 'date-time', example: '2026-11-23T10:00:00Z' })
  @IsString(FROM)
  @MaxLength(40, FROM)
  from: string;

  /** Before this time, with its zone. */
  @ApiProperty({ format: 'date-time', example: '2026-11-23T11:00:00Z' })
  @IsString(TO)
  @MaxLength(40, TO)
  to: string;

  /** Only this team. */
  @ApiPropertyOptional({ format: 'uuid' })
  @IsOptional()
  @Transform(lowered)
  @IsUUID('all')
  teamId?: string;

  /** Only this agent. */
  @ApiPropertyOptional({ format: 'uuid' })
  @IsOptional()
  @Transform(lowered)
  @IsUUID('all')
  agentId?: string;

  /** `csv` for a file with all rows; as `Accept: text/csv`. */
  @ApiPropertyOptional({ enum: ['json', 'csv'], default: 'json' })
  @IsOptional()
  @IsIn(['json', 'csv'])
  format?: 'json' | 'csv';
}

export class DensityReportQuery extends ReportQuery {
  /** How long a bucket is. `from` and `to` are times at which buckets begin. */
  @ApiPropertyOptional({ enum: ['minute', '5m', 'hour', 'day'], default: 'hour' })
  @IsOptional()
  @IsIn(['minute', '5m', 'hour', 'day'])
  interval: ReportInterval = 'hour';
}

export class PagedReportQuery extends ReportQuery {
  /** Whether a row is about an agent or about all agents of a team. */
  @ApiPropertyOptional({ enum: ['agent', 'team'], default: 'agent' })
  @IsOptional()
  @IsIn(['agent', 'team'])
  groupBy: ReportGrouping = 'agent';

  /** How many rows at most. */
  @ApiPropertyOptional({ minimum: 1, maximum: 200, default: 50, type: 'integer' })
  @IsOptional()
  @Type(() => Number)
  @Min(1)
  @Max(200)
  @IsInt()
  limit: number = 50;

  /** `page.next` of the page before. */
  @ApiPropertyOptional({ format: 'uuid' })
  @IsOptional()
  @IsUUID('all')
  cursor?: string;
}
