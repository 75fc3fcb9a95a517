import type { JobName } from '../platform/jobs/job-registry.js';

/** Beyond this, passes over their teams cost less than a job for each. */
const FEW = 20;

/** The jobs that bring what is derived from agents' rights to their teams' blueprints. */
export function resyncOf(agents: readonly { id: string; teamId: string }[]): [JobName, string[]] {
  if (agents.length <= FEW) return ['permissions.resync-agent', agents.map(({ id }) => id)];
  return ['permissions.resync-team', [...new Set(agents.map(({ teamId }) => teamId))]];
}
