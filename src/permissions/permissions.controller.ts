import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { PERMISSION_MODULES, type PermissionModule } from '#contracts';
import { Requires } from '../access/requires.decorator.js';
import { Returns } from '../platform/http/returns.decorator.js';

@ApiTags('teams')
@Controller('permissions')
export class PermissionsController {
  /** The catalogue: every right a blueprint can grant, by module. */
  @Get()
  @Requires('teams.read')
  @Returns('PermissionCatalogue')
  list(): { data: readonly PermissionModule[] } {
    return { data: PERMISSION_MODULES };
  }
}
