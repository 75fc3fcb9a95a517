/** Who can't take the next conversation, by why. Pure. */
import type { ExcludedAgent, Id, NotAssignableReason } from '#client';

export interface LeftOut {
  reason: NotAssignableReason;
  agentIds: Id[];
}

/** In the order in which the reasons are mended; an agent with several reasons is under each. */
const ORDER: readonly NotAssignableReason[] = [
  'at_capacity',
  'busy',
  'away',
  'offline',
  'no_reply_permission',
  'other_team',
  'team_inactive',
  'inactive',
];

/** Each reason that somebody is left out for, with those it keeps out. */
export function byReason(excluded: Iterable<ExcludedAgent>): LeftOut[] {
  const found = new Map<NotAssignableReason, Id[]>();
  for (const { agentId, reasons } of excluded) {
    for (const reason of reasons) listOf(found, reason).push(agentId);
  }
  return ORDER.flatMap((reason) => {
    const agentIds = found.get(reason);
    return agentIds ? [{ reason, agentIds }] : [];
  });
}

function listOf(found: Map<NotAssignableReason, Id[]>, reason: NotAssignableReason): Id[] {
  const list = found.get(reason) ?? [];
  found.set(reason, list);
  return list;
}
