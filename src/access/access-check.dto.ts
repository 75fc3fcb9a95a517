import { Transform } from 'class-transformer';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsIn, IsUUID, ValidateIf } from 'class-validator';
import { type Permission, PERMISSIONS } from '#contracts';
import type * as wire from '#contracts';
import { lowered } from '../platform/http/lowered.js';

const COUNT = { message: 'Ask about 1 to 200 permissions', context: { code: 'permissions_invalid' } };

export class AccessCheckRequest implements wire.AccessCheckRequest {
  /** Null is refused: who lost the id they meant to ask about must not be answered about themselves. */
  @ValidateIf((request: AccessCheckRequest) => request.agentId !== undefined)
  @Transform(lowered)
  @IsUUID('all', { message: 'An agentId is the id of an agent', context: { code: 'agent_not_found' } })
  agentId?: string;

  @IsIn(PERMISSIONS, {
    each: true,
    message: 'Ask about permissions from GET /api/v1/permissions',
    context: { code: 'permission_unknown' },
  })
  @ArrayMaxSize(200, COUNT)
  @ArrayMinSize(1, COUNT)
  @IsArray(COUNT)
  permissions: Permission[];
}
