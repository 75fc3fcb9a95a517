import { IsString, MaxLength, MinLength } from 'class-validator';
import type * as wire from '#contracts';

export class TokenRefresh implements wire.TokenRefresh {
  @IsString()
  @MinLength(1)
  @MaxLength(4_096)
  token: string;
}
