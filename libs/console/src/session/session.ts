/**
 * Whether somebody is signed in here, and why not any more. Read by the whole console through `useSession`.
 *
 * Guarantees: an end keeps its first reason, and holds in all tabs of this browser. Must never happen: a session that
 * the server has ended goes on being shown.
 */
import { useSyncExternalStore } from 'react';
import { type Closure, MusterApi, MusterProblem } from '#client';
import { browserStore, ENDED_KEY, keepEnd, readEnd, SESSION_KEY } from './session-store.js';

export interface SessionState {
  readonly isIn: boolean;
  /** Why it ended; null: by the visitor's own wish, or never begun. */
  readonly ended: Closure | null;
}

const store = browserStore();
export const muster = new MusterApi({ url: location.origin, store });

const listeners = new Set<() => void>();
let state: SessionState = { isIn: store.read() !== null, ended: null };

/** The session is over, or with null: the visitor leaves. */
export function endSession(ended: Closure | null): void {
  if (!state.isIn) return;
  keepEnd(ended);
  become({ isIn: false, ended });
  // The reason counts, not whether the server could be told.
  muster.auth.logout().catch(() => undefined);
}

/** A login succeeded. */
export function beginSession(): void {
  keepEnd(null);
  become({ isIn: true, ended: null });
}

/** Ends the session if that is what the failure says; tells whether it did. */
export function endIfOver(error: unknown): boolean {
  if (!(error instanceof MusterProblem) || !isOver(error)) return false;
  endSession({ code: error.code, reason: error.problem.detail });
  return true;
}

export function isSignedIn(): boolean {
  return state.isIn;
}

export function useSession(): SessionState {
  return useSyncExternalStore(subscribe, () => state);
}

/** A 401 that the client could not mend by renewing its token. */
function isOver({ problem, code }: MusterProblem): boolean {
  return problem.status === 401 && code !== 'invalid_credentials';
}

function become(next: SessionState): void {
  state = next;
  for (const listener of listeners) listener();
}

/** Calls `listener` whenever somebody came or left. */
export function onSessionChange(listener: () => void): void {
  listeners.add(listener);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

// Another tab signed in or out. Why may come after it: the tokens are forgotten as soon as they are refused.
window.addEventListener('storage', ({ key }) => {
  if (key !== SESSION_KEY && key !== ENDED_KEY && key !== null) return;
  const isIn = store.read() !== null;
  const ended = isIn ? null : readEnd();
  if (isIn !== state.isIn || (ended && !state.ended)) become({ isIn, ended });
});
