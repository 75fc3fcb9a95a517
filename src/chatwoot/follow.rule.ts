/**
 * What of a delivery is news, by what was heard before. Pure.
 *
 * Only what changed at Chatwoot is taken over: what was decided here stays until somebody decides otherwise there.
 * Deliveries come in any order; one from before the last one heard says nothing about how the conversation stands.
 */
import type { ConversationStatus } from '#contracts';

/** How a conversation stands at Chatwoot. */
export interface Standing {
  status: ConversationStatus;
  userId: number | null;
  changedAt: number | null;
}

export interface News {
  /** The status to have; null: it did not change. */
  status: ConversationStatus | null;
  /**
   * `take`: whoever has it there is to have it here. `offer`: so, but only if nobody has it here. `keep`: that did not
   * change.
   */
  assignee: 'take' | 'offer' | 'keep';
}

/** Null: it was said of an earlier time than what is known. */
export function newsOf(said: Standing, known: (Standing & { isGiven: boolean }) | null): News | null {
  if (!known) return { status: said.status, assignee: said.userId === null ? 'keep' : 'take' };
  if (isBefore(said, known)) return null;
  const status = said.status === known.status ? null : said.status;
  if (said.userId !== known.userId) return { status, assignee: 'take' };
  return { status, assignee: known.isGiven ? 'keep' : 'offer' };
}

function isBefore(said: Standing, known: Standing): boolean {
  return said.changedAt !== null && known.changedAt !== null && said.changedAt < known.changedAt;
}
