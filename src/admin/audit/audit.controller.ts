import { Controller, Get, Headers, Query, StreamableFile } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { AuditEntryView, AuditVerification, Page } from '#contracts';
import type { Authority } from '../../access/authority.js';
import { Caller } from '../../access/caller.decorator.js';
import { Requires } from '../../access/requires.decorator.js';
import { Returns } from '../../platform/http/returns.decorator.js';
import { AuditLogService } from './audit-log.service.js';
import { AuditVerificationService } from './audit-verification.service.js';
import { AuditQuery, VerificationQuery } from './audit.query.js';

const NDJSON = 'application/x-ndjson';

@ApiTags('audit')
@Controller('audit')
export class AuditController {
  constructor(
    private readonly log: AuditLogService,
    private readonly verification: AuditVerificationService,
  ) {}

  /**
   * Who changed what
   *
   * The newest first; sort by seq. With `Accept: application/x-ndjson` or `format=ndjson` everything that matches is
   * streamed, one entry a line, whatever `limit` says; an answer that was cut off does not end as a whole one does.
   */
  @Get()
  @Requires('audit.read')
  @Returns('AuditEntryView', { list: true, stream: NDJSON })
  async list(
    @Caller() { workspaceId }: Authority,
    @Query() query: AuditQuery,
    @Headers('accept') accept?: string,
  ): Promise<Page<AuditEntryView> | StreamableFile> {
    const isStream = query.format ? query.format === 'ndjson' : accept?.includes(NDJSON);
    if (!isStream) return this.log.page(workspaceId, query);
    const disposition = 'attachment; filename="audit.ndjson"';
    return new StreamableFile(await this.log.stream(workspaceId, query), { type: NDJSON, disposition });
  }

  /**
   * Whether the log is as it was written
   *
   * Follows its chain of hashes from the first entry, up to 5,000 of them a request: ask again with `next` as the cursor
   * until it is null. `broken` tells the first entry that was changed, deleted or added past Muster.
   */
  @Get('verification')
  @Requires('audit.read')
  @Returns('AuditVerification')
  verify(@Caller() { workspaceId }: Authority, @Query() { cursor }: VerificationQuery): Promise<AuditVerification> {
    return this.verification.verify(workspaceId, cursor);
  }
}
