/**
 * What was begun in each team and isn't saved: looking at another team, or another screen, loses nothing. Leaving the
 * console is asked about; signing out forgets, for whoever comes next may be somebody else.
 */
import { useSyncExternalStore } from 'react';
import type { Id } from '#client';
import { onSessionChange } from '../session/session.js';
import { type Begun, isChanged } from './team-draft.js';

let drafts: ReadonlyMap<Id, Begun> = new Map();
const listeners = new Set<() => void>();

export function useDrafts(): ReadonlyMap<Id, Begun> {
  return useSyncExternalStore(subscribe, () => drafts);
}

/** What was begun in a team by now, which may be more than was last drawn. */
export function begunIn(id: Id): Begun | undefined {
  return drafts.get(id);
}

export function keepDraft(id: Id, begun: Begun): void {
  become(new Map(drafts).set(id, begun));
}

export function forgetDraft(id: Id): void {
  if (!drafts.has(id)) return;
  const left = new Map(drafts);
  left.delete(id);
  become(left);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function become(next: ReadonlyMap<Id, Begun>): void {
  drafts = next;
  for (const listener of listeners) listener();
}

window.addEventListener('beforeunload', (event) => {
  if ([...drafts.values()].some(isChanged)) event.preventDefault();
});
onSessionChange(() => become(new Map()));
