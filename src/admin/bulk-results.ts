import type { BulkAgentsResult } from '#contracts';
import type { BulkResult } from '../agents/bulk-agents.service.js';
import { currentRequestId } from '../platform/http/request-context.js';

/** The results as they are answered: each refusal is a problem of the request. */
export function toBulkResults(results: readonly BulkResult[]): BulkAgentsResult[] {
  const requestId = currentRequestId() ?? '';
  return results.map((result) =>
    'refusal' in result
      ? { id: result.id, ok: false, error: result.refusal.toProblem(requestId) }
      : { id: result.id, ok: true, version: result.version },
  );
}
