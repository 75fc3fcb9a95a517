import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Diagnosis } from '#contracts';
import type { Authority } from '../../access/authority.js';
import { Caller } from '../../access/caller.decorator.js';
import { RequiresAny } from '../../access/requires.decorator.js';
import { Returns } from '../../platform/http/returns.decorator.js';
import { DiagnosisQuery } from './diagnosis.query.js';
import { DiagnosisService } from './diagnosis.service.js';

@ApiTags('access')
@Controller('access/diagnosis')
export class DiagnosisController {
  constructor(private readonly diagnosis: DiagnosisService) {}

  /**
   * Diagnose a login
   *
   * Why somebody can't log in, sees less than they should, or gets no conversations: everything that decides it, each
   * with what to do. Knows nothing of other workspaces.
   */
  @Get()
  @RequiresAny('agents.read', 'agents.manage')
  @Returns('Diagnosis')
  get(@Caller() caller: Authority, @Query() { email }: DiagnosisQuery): Promise<Diagnosis> {
    return this.diagnosis.of(caller.workspaceId, email);
  }
}
