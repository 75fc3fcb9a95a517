import { OmitType, PartialType } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import {
  IsBoolean,
  IsIn,
  IsInt,
  IsNumber,
  IsObject,
  IsOptional,
  IsString,
  IsUUID,
  Length,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import type { Comparison, DensityWindow, ThresholdKind } from '#contracts';
import type * as wire from '#contracts';
import { lowered } from '../platform/http/lowered.js';
import { MayBeAbsent } from '../platform/http/may-be-absent.js';
import { trimmed } from '../platform/http/trimmed.js';

const KIND = { message: 'A kind is density, load, waiting or staffing', context: { code: 'kind_invalid' } };
const COMPARISON = { message: 'A comparison is above or below', context: { code: 'comparison_invalid' } };
const WINDOW = { message: 'A window is m1, m5, m15 or h1', context: { code: 'window_invalid' } };
const VALUE = { message: 'A value is a number', context: { code: 'value_invalid' } };
const MINUTES = { message: 'forMinutes is a whole number from 0 to 1440', context: { code: 'for_minutes_invalid' } };

class ThresholdScope implements wire.ThresholdScopeInput {
  @IsOptional()
  @Transform(lowered)
  @IsUUID('all', { message: 'Choose a team from GET /api/v1/teams', context: { code: 'team_not_found' } })
  teamId?: string | null;
}

export class CreateThresholdRequest implements wire.CreateThresholdRequest {
  @Transform(trimmed)
  @IsString()
  @Length(1, 100, { message: 'A name has 1 to 100 characters', context: { code: 'name_invalid' } })
  name: string;

  @IsIn(['density', 'load', 'waiting', 'staffing'], KIND)
  kind: ThresholdKind;

  @MayBeAbsent()
  @IsObject()
  @ValidateNested()
  @Type(() => ThresholdScope)
  scope?: ThresholdScope;

  @IsIn(['above', 'below'], COMPARISON)
  comparison: Comparison;

  @IsNumber({ allowNaN: false, allowInfinity: false }, VALUE)
  value: number;

  @IsOptional()
  @IsIn(['m1', 'm5', 'm15', 'h1'], WINDOW)
  window?: DensityWindow | null;

  @MayBeAbsent()
  @IsInt(MINUTES)
  @Min(0, MINUTES)
  @Max(1_440, MINUTES)
  forMinutes?: number;

  @MayBeAbsent()
  @IsBoolean()
  enabled?: boolean;
}

export class UpdateThresholdRequest
  extends PartialType(OmitType(CreateThresholdRequest, ['kind'] as const), { skipNullProperties: false })
  implements wire.UpdateThresholdRequest {}
