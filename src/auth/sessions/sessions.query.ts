import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsUUID } from 'class-validator';
import { PageQuery } from '../../platform/http/page.js';

/** Whose sessions. */
export class OfAgent {
  /** Another agent; needs `agents.manage`. */
  @ApiPropertyOptional({ format: 'uuid' })
  @IsOptional()
  @IsUUID('all')
  agentId?: string;
}

/** Filters of the list of sessions. */
export class SessionQuery extends PageQuery {
  /** Another agent; needs `agents.manage`. */
  @ApiPropertyOptional({ format: 'uuid' })
  @IsOptional()
  @IsUUID('all')
  agentId?: string;
}
