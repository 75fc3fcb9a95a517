import type { AssignableAgent } from '#contracts';
import type { AssignableView } from './delta.js';

/** Who can take the next conversation, least loaded first; equals by what they have open, then in a fixed order. */
export function leastLoadedFirst(view: AssignableView): AssignableAgent[] {
  return [...view.agents.values()].sort(
    (a, b) => ratioOf(a) - ratioOf(b) || a.load.open - b.load.open || (a.agentId < b.agentId ? -1 : 1),
  );
}

function ratioOf({ load }: AssignableAgent): number {
  return load.ratio ?? Number.MAX_VALUE;
}
