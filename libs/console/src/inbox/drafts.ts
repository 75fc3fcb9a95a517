/** What was begun and what is under way in each conversation, so that looking at another loses nothing. */
import { useSyncExternalStore } from 'react';
import type { Id } from '#client';
import { type Draft, EMPTY } from './draft.js';

const drafts = new Map<Id, Draft>();
const listeners = new Set<() => void>();

export function draftOf(id: Id): Draft {
  return drafts.get(id) ?? EMPTY;
}

export function putDraft(id: Id, draft: Draft): void {
  drafts.set(id, draft);
  tell();
}

export function useDraft(id: Id): Draft {
  return useSyncExternalStore(subscribe, () => draftOf(id));
}

export function dropDraft(id: Id): void {
  if (drafts.delete(id)) tell();
}

export function forgetDrafts(): void {
  drafts.clear();
  tell();
}

function tell(): void {
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
