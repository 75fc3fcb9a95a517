import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiBearerAuth, ApiExtension } from '@nestjs/swagger';
import type { Permission } from '#contracts';

/** What a route asks of its caller. A route that states nothing does not exist. */
export type AccessRule = (
  { kind: 'public' } | { kind: 'authenticated' } | { kind: 'permission'; anyOf: Permission[] }
) & {
  /** The call may end the caller's own credential: its answer, which says no more than that, is sent nevertheless. */
  endsCaller?: boolean;
};

export const ACCESS_RULE = 'muster:access-rule';

/** Anybody may call it. */
export function Public() {
  return SetMetadata(ACCESS_RULE, { kind: 'public' } satisfies AccessRule);
}

/** Anybody with a good credential may call it. */
export function Authenticated(options: Pick<AccessRule, 'endsCaller'> = {}) {
  const rule: AccessRule = { kind: 'authenticated', ...options };
  return applyDecorators(SetMetadata(ACCESS_RULE, rule), ApiBearerAuth());
}

/** Who has the permission may call it. */
export function Requires(permission: Permission, options: Pick<AccessRule, 'endsCaller'> = {}) {
  return permitted([permission], options);
}

/** Who has any of the permissions may call it. */
export function RequiresAny(...anyOf: Permission[]) {
  return permitted(anyOf);
}

function permitted(anyOf: Permission[], options: Pick<AccessRule, 'endsCaller'> = {}) {
  return applyDecorators(
    SetMetadata(ACCESS_RULE, { kind: 'permission', anyOf, ...options } satisfies AccessRule),
    ApiBearerAuth(),
    ApiExtension('x-permissions', anyOf),
  );
}
