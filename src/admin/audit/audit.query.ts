import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsISO8601, IsOptional, IsString, IsUUID, MaxLength } from 'class-validator';
import type { AuditTargetKind } from '#contracts';
import { PageQuery } from '../../platform/http/page.js';

const TARGETS = Object.keys({
  agent: true,
  team: true,
  api_key: true,
  session: true,
  conversation: true,
  contact: true,
  channel: true,
  workspace: true,
  threshold: true,
  webhook: true,
} satisfies Record<AuditTargetKind, true>);

const TIME = { strict: true, strictSeparator: true } as const;

/** Filters of the audit log; `q` searches actions, reasons, request ids and who did it. */
export class AuditQuery extends PageQuery {
  /** Who did it, also through an API key. */
  @ApiPropertyOptional({ format: 'uuid' })
  @IsOptional()
  @IsUUID('all')
  actorId?: string;

  /** Exactly this action. */
  @ApiPropertyOptional({ example: 'agent.deactivated' })
  @IsOptional()
  @IsString()
  @MaxLength(100)
  action?: string;

  @ApiPropertyOptional({ enum: TARGETS })
  @IsOptional()
  @IsIn(TARGETS)
  targetKind?: AuditTargetKind;

  @ApiPropertyOptional({ format: 'uuid' })
  @IsOptional()
  @IsUUID('all')
  targetId?: string;

  /** From this time on. */
  @ApiPropertyOptional({ format: 'date-time' })
  @IsOptional()
  @IsISO8601(TIME)
  from?: string;

  /** Before this time. */
  @ApiPropertyOptional({ format: 'date-time' })
  @IsOptional()
  @IsISO8601(TIME)
  to?: string;

  /** `ndjson` for everything that matches, one entry a line, instead of a page; as `Accept: application/x-ndjson`. */
  @ApiPropertyOptional({ enum: ['json', 'ndjson'], default: 'json' })
  @IsOptional()
  @IsIn(['json', 'ndjson'])
  format?: 'json' | 'ndjson';
}

/** How far the chain was followed already. */
export class VerificationQuery {
  /** `next` of the stretch before; absent: from the first entry. */
  @ApiPropertyOptional()
  @IsOptional()
  @IsString()
  @MaxLength(2_000)
  cursor?: string;
}
