import type { Lifecycle, NotAssignableReason, PresenceState } from '#contracts';

/** What decides whether an agent can be given a conversation. */
export interface Candidate {
  status: Lifecycle;
  teamStatus: Lifecycle;
  /** Whether the team's blueprint has `inbox.reply`. */
  canReply: boolean;
  presence: PresenceState;
  /** Open conversations assigned. */
  open: number;
  capacity: number;
  teamId: string;
}

/**
 * Why the agent can't be given a conversation now, in the order in which one would mend it; empty: it can.
 * Used by the list, the push and the write, so that they never disagree. With `askedTeamId`, only agents of that
 * team will do. An inactive agent is `inactive` whatever its presence, and offline only counts where it could be
 * online.
 */
export function reasonsAgainst(candidate: Candidate, askedTeamId?: string | null): NotAssignableReason[] {
  const reasons = reasonsAgainstAnswering(candidate);
  if (candidate.presence !== 'available' && candidate.status === 'active') reasons.push(candidate.presence);
  if (candidate.open >= candidate.capacity) reasons.push('at_capacity');
  if (askedTeamId && candidate.teamId !== askedTeamId) reasons.push('other_team');
  return reasons;
}

/** Whether the agent may have conversations at all, whoever gave them. */
export function mayAnswer(candidate: Candidate): boolean {
  return reasonsAgainstAnswering(candidate).length === 0;
}

/** How loaded, for finding the least: open / capacity; nobody is more loaded than who has no capacity. */
export function loadRatio({ open, capacity }: Pick<Candidate, 'open' | 'capacity'>): number {
  return capacity > 0 ? open / capacity : Number.POSITIVE_INFINITY;
}

function reasonsAgainstAnswering({ status, teamStatus, canReply }: Candidate): NotAssignableReason[] {
  const reasons: NotAssignableReason[] = [];
  if (status !== 'active') reasons.push('inactive');
  if (teamStatus !== 'active') reasons.push('team_inactive');
  if (!canReply) reasons.push('no_reply_permission');
  return reasons;
}
