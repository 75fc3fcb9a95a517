import { ApiPropertyOptional, OmitType } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import type { TimelineEntry } from '#contracts';
import { PageQuery } from '../../platform/http/page.js';

const KINDS = Object.keys({
  audit: true,
  presence: true,
  assignment: true,
  sync: true,
  receipt: true,
} satisfies Record<TimelineEntry['kind'], true>);

/** A timeline has one order, newest first. */
export class TimelineQuery extends OmitType(PageQuery, ['sort', 'q'] as const) {
  /** Only entries of this kind. */
  @ApiPropertyOptional({ enum: KINDS })
  @IsOptional()
  @IsIn(KINDS)
  kind?: TimelineEntry['kind'];
}
