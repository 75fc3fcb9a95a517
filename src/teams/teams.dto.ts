import { PartialType } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  IsUUID,
  Length,
  Max,
  MaxLength,
  Min,
} from 'class-validator';
import { type Lifecycle, type Permission, PERMISSIONS, type ReleasePolicy } from '#contracts';
import type * as wire from '#contracts';
import { DryRunQuery } from '../platform/http/dry-run.js';
import { MayBeAbsent } from '../platform/http/may-be-absent.js';
import { lowered } from '../platform/http/lowered.js';
import { trimmed } from '../platform/http/trimmed.js';

const UNKNOWN = { message: 'Choose permissions from GET /api/v1/permissions', context: { code: 'permission_unknown' } };

export class CreateTeamRequest implements wire.CreateTeamRequest {
  @Transform(trimmed)
  @IsString()
  @Length(1, 100, { message: 'A name has 1 to 100 characters', context: { code: 'name_invalid' } })
  name: string;

  @IsOptional()
  @IsString()
  @MaxLength(2_000)
  description?: string | null;

  @MayBeAbsent()
  @IsIn(['active', 'inactive'], { message: 'A status is active or inactive', context: { code: 'status_invalid' } })
  status?: Lifecycle;

  @IsArray()
  @ArrayMaxSize(200)
  @IsIn(PERMISSIONS, { each: true, ...UNKNOWN })
  permissions: Permission[];

  @MayBeAbsent()
  @IsInt({ message: 'A capacity is a whole number from 0 to 1000', context: { code: 'capacity_invalid' } })
  @Min(0, { message: 'A capacity is a whole number from 0 to 1000', context: { code: 'capacity_invalid' } })
  @Max(1_000, { message: 'A capacity is a whole number from 0 to 1000', context: { code: 'capacity_invalid' } })
  capacity?: number;

  @MayBeAbsent()
  @IsIn(['unassign', 'reassign'], {
    message: 'A release policy is unassign or reassign',
    context: { code: 'release_policy_invalid' },
  })
  releasePolicy?: ReleasePolicy;

  @MayBeAbsent()
  @IsBoolean({ message: 'autoAssign is true or false', context: { code: 'auto_assign_invalid' } })
  autoAssign?: boolean;
}

export class UpdateTeamRequest
  extends PartialType(CreateTeamRequest, { skipNullProperties: false })
  implements wire.UpdateTeamRequest {}

export class DeleteTeamQuery extends DryRunQuery {
  /** Team that the agents move to. */
  @IsOptional()
  @Transform(lowered)
  @IsUUID('all', { message: 'moveTo is the id of a team', context: { code: 'team_not_found' } })
  moveTo?: string;
}
