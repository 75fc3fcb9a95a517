import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Me } from '#contracts';
import type { Authority } from '../access/authority.js';
import { normalize } from '../access/blueprint.js';
import { Caller } from '../access/caller.decorator.js';
import { Authenticated } from '../access/requires.decorator.js';
import { Returns } from '../platform/http/returns.decorator.js';

@ApiTags('auth')
@Controller('me')
export class MeController {
  /**
   * Who am I
   *
   * The caller with team, workspace and permissions, as they are now.
   */
  @Get()
  @Authenticated()
  @Returns('Me')
  me(@Caller() caller: Authority): Me {
    return {
      agent: { id: caller.agentId, name: caller.agentName, email: caller.agentEmail },
      team: { id: caller.teamId, name: caller.teamName },
      workspace: { id: caller.workspaceId, ...caller.workspace },
      permissions: normalize(caller.permissions),
      hidePhone: caller.hidePhone,
      blueprintVersion: caller.blueprintVersion,
    };
  }
}
