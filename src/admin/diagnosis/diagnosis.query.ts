import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsString, Length } from 'class-validator';
import { trimmed } from '../../platform/http/trimmed.js';

export class DiagnosisQuery {
  /** The e-mail that is used to log in, as it is typed. */
  @ApiProperty({ example: 'ana@example.com' })
  @Transform(trimmed)
  @IsString()
  @Length(1, 254, { message: 'Give the e-mail that is used to log in', context: { code: 'email_required' } })
  email: string;
}
