import { Transform, Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsEmail,
  IsInt,
  IsOptional,
  IsString,
  IsUUID,
  Length,
  Max,
  Min,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import type * as wire from '#contracts';
import { lowered } from '../platform/http/lowered.js';
import { MayBeAbsent } from '../platform/http/may-be-absent.js';
import { trimmed } from '../platform/http/trimmed.js';

const NAME = { message: 'A name has 1 to 100 characters', context: { code: 'name_invalid' } };
const TEAM = { message: 'Choose a team from GET /api/v1/teams', context: { code: 'team_not_found' } };
const NUMBER = { message: "Give Chatwoot's number: a whole number from 1", context: { code: 'number_invalid' } };
const SECRETS = { message: 'Give up to 5 secrets of 1 to 500 characters', context: { code: 'secrets_invalid' } };
const USERS = { message: 'Name up to 200 users at a time', context: { code: 'users_invalid' } };
const EMAIL = { message: "Give an agent's e-mail, or null", context: { code: 'email_invalid' } };
const MOST = 1e12;

export class CreateChatwootAccountRequest implements wire.CreateChatwootAccountRequest {
  @Transform(trimmed)
  @IsString(NAME)
  @Length(1, 100, NAME)
  name: string;

  @IsInt(NUMBER)
  @Min(1, NUMBER)
  @Max(MOST, NUMBER)
  accountId: number;

  @IsOptional()
  @Transform(lowered)
  @IsUUID('all', TEAM)
  teamId?: string | null;

  @MayBeAbsent()
  @IsArray(SECRETS)
  @ArrayMaxSize(5, SECRETS)
  @IsString({ each: true, ...SECRETS })
  @Length(1, 500, { each: true, ...SECRETS })
  secrets?: string[];
}

/** Who a user of Chatwoot is here. */
export class NamedUser {
  @IsInt(NUMBER)
  @Min(1, NUMBER)
  @Max(MOST, NUMBER)
  userId: number;

  @ValidateIf(({ email }: NamedUser) => email !== null)
  @Transform(trimmed)
  @IsEmail({}, EMAIL)
  email: string | null;
}

export class UpdateChatwootAccountRequest implements wire.UpdateChatwootAccountRequest {
  @MayBeAbsent()
  @Transform(trimmed)
  @IsString(NAME)
  @Length(1, 100, NAME)
  name?: string;

  @IsOptional()
  @Transform(lowered)
  @IsUUID('all', TEAM)
  teamId?: string | null;

  @MayBeAbsent()
  @IsArray(SECRETS)
  @ArrayMaxSize(5, SECRETS)
  @IsString({ each: true, ...SECRETS })
  @Length(1, 500, { each: true, ...SECRETS })
  secrets?: string[];

  @MayBeAbsent()
  @IsArray(USERS)
  @ArrayMaxSize(200, USERS)
  @ValidateNested({ each: true })
  @Type(() => NamedUser)
  users?: NamedUser[];
}
