import { ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsString, Length, Matches, Max, MaxLength, Min } from 'class-validator';
import type * as wire from '#contracts';

const TEXT = { message: 'Write 1 to 4,096 characters', context: { code: 'text_invalid' } };

export class CreateMessageRequest implements wire.CreateMessageRequest {
  @IsString(TEXT)
  @Length(1, 4_096, TEXT)
  @Matches(/^[^\0]*\S[^\0]*$/, TEXT)
  text: string;
}

/** Pages of what was said; there is no search, since texts are encrypted. */
export class ListMessagesQuery {
  /** How many at most. */
  @ApiPropertyOptional({ minimum: 1, maximum: 200, default: 50, type: 'integer' })
  @IsOptional()
  @Type(() => Number)
  @Min(1)
  @Max(200)
  @IsInt()
  limit: number = 50;

  /** `page.next` of the page before. */
  @ApiPropertyOptional()
  @IsOptional()
  @IsString()
  @MaxLength(2_000)
  cursor?: string;

  /** `-at` (the newest first) or `at`. */
  @ApiPropertyOptional({ example: '-at' })
  @IsOptional()
  @IsString()
  @MaxLength(20)
  sort?: string;
}
