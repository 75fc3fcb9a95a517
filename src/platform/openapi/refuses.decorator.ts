import { ApiExtension } from '@nestjs/swagger';
import type { ProblemCode } from '#contracts';

/** Where `Refuses` leaves its codes in a generated operation. */
export const REFUSALS = 'x-refuses';

/**
 * The codes that a route answers with for reasons of its own, for OpenAPI. What routes of its kind refuse anyway
 * (no credential, no permission, an unknown id, invalid input, a stale version) needs no mention.
 */
export function Refuses(...codes: ProblemCode[]) {
  return ApiExtension(REFUSALS, codes);
}
