import type { Session, SessionStore } from '#client';

export const SESSION_KEY = 'muster.session';

/** Keeps the session for all tabs of this browser, of which only one renews it at a time. */
export function browserStore(): SessionStore {
  return {
    read() {
      const kept = localStorage.getItem(SESSION_KEY);
      return kept === null ? null : parse(kept);
    },
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

function parse(kept: string): Session | null {
  try {
    return JSON.parse(kept) as Session;
  } catch {
    return null;
  }
}
