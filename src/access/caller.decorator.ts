import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ProblemException } from '../platform/errors/problem.exception.js';
import type { AuthorizedRequest } from './access.guard.js';
import type { Authority } from './authority.js';

/** The caller's authority, as read for this request. */
export const Caller = createParamDecorator((_: unknown, context: ExecutionContext): Authority => {
  const { caller } = context.switchToHttp().getRequest<AuthorizedRequest>();
  if (!caller) throw new ProblemException('unauthenticated', 'This path needs a credential.');
  return caller;
});
