import { Body, Controller, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { AccessDecision } from '#contracts';
import { Returns } from '../platform/http/returns.decorator.js';
import { Refuses } from '../platform/openapi/refuses.decorator.js';
import { AccessCheckRequest } from './access-check.dto.js';
import { AccessCheckService } from './access-check.service.js';
import type { Authority } from './authority.js';
import { Caller } from './caller.decorator.js';
import { Authenticated } from './requires.decorator.js';

/** May they, now: for other services, which ask before each thing they do on an agent's behalf. */
@ApiTags('access')
@Controller('access')
export class AccessCheckController {
  constructor(private readonly checks: AccessCheckService) {}

  /**
   * Check permissions
   *
   * May they, now? About the caller with the credential that is shown, or about an agent; another than oneself
   * with `agents.read` or `agents.manage`. Nothing is kept: ask each time, and take no answer for a no.
   */
  @Post('check')
  @Authenticated()
  @Refuses('permission_missing', 'not_found')
  @Returns('AccessDecision')
  check(@Caller() caller: Authority, @Body() request: AccessCheckRequest): Promise<AccessDecision> {
    return this.checks.check(caller, request);
  }
}
