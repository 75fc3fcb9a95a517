import type { Id } from '#client';

/** What was begun in each conversation, so that looking at another loses nothing. */
export const drafts = new Map<Id, string>();

export function forgetDrafts(): void {
  drafts.clear();
}
