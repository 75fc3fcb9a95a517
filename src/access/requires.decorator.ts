import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiBearerAuth, ApiExtension } from '@nestjs/swagger';
import type { Permission } from '#contracts';

/** What a route asks of its caller. A route that states nothing does not exist. */
export type AccessRule = { kind: 'public' } | { kind: 'authenticated' } | { kind: 'permission'; anyOf: Permission[] };

export const ACCESS_RULE = 'muster:access-rule';

/** Anybody may call it. */
export function Public() {
  return SetMetadata(ACCESS_RULE, { kind: 'public' } satisfies AccessRule);
}

/** Anybody with a good credential may call it. */
export function Authenticated() {
  return applyDecorators(SetMetadata(ACCESS_RULE, { kind: 'authenticated' } satisfies AccessRule), ApiBearerAuth());
}

/** Who has the permission may call it. */
export function Requires(permission: Permission) {
  return RequiresAny(permission);
}

/** Who has any of the permissions may call it. */
export function RequiresAny(...anyOf: Permission[]) {
  return applyDecorators(
    SetMetadata(ACCESS_RULE, { kind: 'permission', anyOf } satisfies AccessRule),
    ApiBearerAuth(),
    ApiExtension('x-permissions', anyOf),
  );
}
