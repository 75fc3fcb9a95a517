import { Transform } from 'class-transformer';
import { IsOptional, IsString, IsUrl, IsUUID, Length, Matches, MaxLength } from 'class-validator';
import type * as wire from '#contracts';
import { lowered } from '../platform/http/lowered.js';
import { MayBeAbsent } from '../platform/http/may-be-absent.js';
import { trimmed } from '../platform/http/trimmed.js';

const BASE_URL = {
  message: 'Give the address of the Cloud API, like https://graph.facebook.com',
  context: { code: 'api_base_url_invalid' },
};

export class CreateChannelRequest implements wire.CreateChannelRequest {
  @Transform(trimmed)
  @IsString()
  @Length(1, 100, { message: 'A name has 1 to 100 characters', context: { code: 'name_invalid' } })
  name: string;

  @Transform(trimmed)
  @Matches(/^\d{1,30}$/, {
    message: "Give Meta's phone number id: digits, and not the number itself",
    context: { code: 'phone_number_id_invalid' },
  })
  phoneNumberId: string;

  @IsOptional()
  @Transform(lowered)
  @IsUUID('all', { message: 'Choose a team from GET /api/v1/teams', context: { code: 'team_not_found' } })
  teamId?: string | null;

  @IsOptional()
  @IsString()
  @Length(1, 1_000, { message: 'A token has 1 to 1,000 characters', context: { code: 'token_invalid' } })
  token?: string;

  @IsOptional()
  @IsUrl({ protocols: ['https', 'http'], require_protocol: true, require_tld: false }, BASE_URL)
  @MaxLength(500, BASE_URL)
  apiBaseUrl?: string;
}

export class UpdateChannelRequest implements wire.UpdateChannelRequest {
  @MayBeAbsent()
  @Transform(trimmed)
  @IsString()
  @Length(1, 100, { message: 'A name has 1 to 100 characters', context: { code: 'name_invalid' } })
  name?: string;

  @IsOptional()
  @Transform(lowered)
  @IsUUID('all', { message: 'Choose a team from GET /api/v1/teams', context: { code: 'team_not_found' } })
  teamId?: string | null;

  @IsOptional()
  @IsString()
  @Length(1, 1_000, { message: 'A token has 1 to 1,000 characters', context: { code: 'token_invalid' } })
  token?: string | null;

  @MayBeAbsent()
  @IsUrl({ protocols: ['https', 'http'], require_protocol: true, require_tld: false }, BASE_URL)
  @MaxLength(500, BASE_URL)
  apiBaseUrl?: string;
}
