import type { Closure, Session, SessionStore } from '#client';

export const SESSION_KEY = 'muster.session';
/** Why the session of this browser ended, for its other tabs. */
export const ENDED_KEY = 'muster.ended';

/** Keeps the session for all tabs of this browser, of which only one renews it at a time. */
export function browserStore(): SessionStore {
  return {
    read: () => parse<Session>(SESSION_KEY),
    write(session) {
      if (session === null) localStorage.removeItem(SESSION_KEY);
      else localStorage.setItem(SESSION_KEY, JSON.stringify(session));
    },
    exclusively(work) {
      // Locks exist only on https and localhost; elsewhere two tabs may have to sign in again.
      return 'locks' in navigator ? navigator.locks.request(SESSION_KEY, work) : work();
    },
  };
}

/** Keeps why the session ended; null: by wish, or it has begun. */
export function keepEnd(ended: Closure | null): void {
  if (ended) localStorage.setItem(ENDED_KEY, JSON.stringify(ended));
  else localStorage.removeItem(ENDED_KEY);
}

export function readEnd(): Closure | null {
  return parse<Closure>(ENDED_KEY);
}

function parse<T>(key: string): T | null {
  try {
    return JSON.parse(localStorage.getItem(key) ?? 'null') as T | null;
  } catch {
    return null;
  }
}
