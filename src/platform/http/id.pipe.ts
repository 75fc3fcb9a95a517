import { ParseUUIDPipe } from '@nestjs/common';
import { notFound } from '../errors/problem.exception.js';

/** For `@Param`: an id of a `what`; what can't be an id is 404 like an id that isn't there. */
export function idOf(what: string): ParseUUIDPipe {
  return new ParseUUIDPipe({ exceptionFactory: () => notFound(what) });
}
