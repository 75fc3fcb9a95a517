import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsBoolean, IsIn, IsOptional, IsUUID } from 'class-validator';
import type { Lifecycle, PresenceState } from '#contracts';
import { PageQuery } from '../platform/http/page.js';

const asBoolean = Transform(({ value }) => (value === 'true' ? true : value === 'false' ? false : value));

/** Filters of the agent list; `q` searches names and e-mails. */
export class ListAgentsQuery extends PageQuery {
  @ApiPropertyOptional({ format: 'uuid' })
  @IsOptional()
  @IsUUID('all')
  teamId?: string;

  @ApiPropertyOptional({ enum: ['active', 'inactive'] })
  @IsOptional()
  @IsIn(['active', 'inactive'])
  status?: Lifecycle;

  @ApiPropertyOptional({ enum: ['available', 'busy', 'away', 'offline'] })
  @IsOptional()
  @IsIn(['available', 'busy', 'away', 'offline'])
  presence?: PresenceState;

  @ApiPropertyOptional({ type: 'boolean' })
  @IsOptional()
  @asBoolean
  @IsBoolean()
  hidePhone?: boolean;
}
