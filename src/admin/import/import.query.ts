import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsBoolean, IsOptional } from 'class-validator';

const asBoolean = Transform(({ value }) => (value === 'true' ? true : value === 'false' ? false : value));

/** How a file is to be imported. */
export class ImportQuery {
  /** Says what would come of it, and writes nothing. */
  @ApiPropertyOptional({ type: 'boolean', default: false })
  @IsOptional()
  @asBoolean
  @IsBoolean()
  dryRun: boolean = false;

  /** All rows or none; up to 10,000. */
  @ApiPropertyOptional({ type: 'boolean', default: false })
  @IsOptional()
  @asBoolean
  @IsBoolean()
  atomic: boolean = false;

  /** Mails an invitation to each new agent; only where mail is configured. */
  @ApiPropertyOptional({ type: 'boolean', default: false })
  @IsOptional()
  @asBoolean
  @IsBoolean()
  invite: boolean = false;
}
