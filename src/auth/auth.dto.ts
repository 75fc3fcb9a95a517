import { Transform } from 'class-transformer';
import {
  ArrayNotEmpty,
  IsArray,
  IsIn,
  IsOptional,
  IsString,
  Length,
  MaxLength,
  MinLength,
  ValidateIf,
} from 'class-validator';
import { type Permission, PERMISSIONS } from '#contracts';
import type * as wire from '#contracts';
import { trimmed } from '../platform/http/trimmed.js';

export class LoginRequest implements wire.LoginRequest {
  @Transform(trimmed)
  @IsString()
  @Length(1, 254, { message: 'Give the e-mail address you log in with' })
  email: string;

  @IsString()
  @Length(1, 200, { message: 'Give your password, of up to 200 characters' })
  password: string;

  @IsOptional()
  @IsString()
  @MaxLength(100)
  workspace?: string;
}

export class RefreshRequest implements wire.RefreshRequest {
  @IsString()
  @MinLength(1)
  @MaxLength(200)
  refreshToken: string;
}

export class AcceptInvitationRequest implements wire.AcceptInvitationRequest {
  @IsString()
  @Length(1, 200)
  token: string;

  @IsString()
  @Length(10, 200, { message: 'A password has 10 to 200 characters', context: { code: 'password_invalid' } })
  password: string;
}

const PASSWORD = { message: 'A password has 10 to 200 characters', context: { code: 'password_invalid' } };

export class ChangePasswordRequest implements wire.ChangePasswordRequest {
  @IsString()
  @Length(1, 200, { message: 'Give your current password, of up to 200 characters' })
  currentPassword: string;

  @IsString()
  @Length(10, 200, PASSWORD)
  newPassword: string;
}

/** With an e-mail it asks for a mail, with a token it sets the password. */
export class ResetPasswordRequest implements wire.ResetPasswordRequest {
  @ValidateIf(({ email, token }: ResetPasswordRequest) => email !== undefined || token === undefined)
  @Transform(trimmed)
  @IsString()
  @Length(1, 254, { message: 'Give the e-mail address you log in with, or the token of the mail and a password' })
  email?: string;

  @IsOptional()
  @IsString()
  @MaxLength(100)
  workspace?: string;

  @ValidateIf(({ token }: ResetPasswordRequest) => token !== undefined)
  @IsString()
  @Length(1, 200)
  token?: string;

  @ValidateIf(({ token, password }: ResetPasswordRequest) => token !== undefined || password !== undefined)
  @IsString()
  @Length(10, 200, PASSWORD)
  password?: string;
}

export class CreateApiKeyRequest implements wire.CreateApiKeyRequest {
  @Transform(trimmed)
  @IsString()
  @Length(1, 100, { message: 'A name has 1 to 100 characters', context: { code: 'name_invalid' } })
  name: string;

  @IsArray()
  @ArrayNotEmpty()
  @IsIn(PERMISSIONS, {
    each: true,
    message: 'Choose permissions from GET /api/v1/permissions',
    context: { code: 'permission_unknown' },
  })
  permissions: Permission[];
}
