import { IsIn, IsInt, IsOptional, IsString, MaxLength, Min } from 'class-validator';
import type * as wire from '#contracts';
import { TeamQuery } from '../roster/roster.dto.js';

export class SubscribeAssignable extends TeamQuery implements wire.SubscribeAssignable {
  @IsIn(['assignable'], { message: 'The topic of /inbox is assignable', context: { code: 'topic_unknown' } })
  topic: 'assignable';

  @IsOptional()
  @IsString()
  @MaxLength(100)
  epoch?: string;

  @IsOptional()
  @IsInt()
  @Min(0)
  offset?: number;
}
