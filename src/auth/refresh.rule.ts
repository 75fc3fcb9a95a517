/**
 * What becomes of a session when a refresh token is shown: pure, without I/O.
 *
 * A token works once. The only exception is a lost answer: whoever shows the token before the newest one, soon after it
 * was exchanged and before the newest one was used, never saw the newest; it dies unseen and another takes its place.
 * Whatever else is shown a second time is in two hands, and ends the session.
 */
export interface RefreshFamily {
  /** Fingerprint of the newest token. */
  current: string;
  /** The one that was exchanged for the newest, or for one that took the same place; null: the newest is the first. */
  previous: string | null;
  /** When `previous` was exchanged for the first time. Repeating it does not move it. */
  rotatedAt: number;
}

/** `null`: the token was used before, so the session is to be ended. */
export function exchange(
  family: RefreshFamily,
  shown: string,
  next: string,
  { now, graceMs }: { now: number; graceMs: number },
): RefreshFamily | null {
  if (shown === family.current) return { current: next, previous: shown, rotatedAt: now };
  const isRepeated = shown === family.previous && now - family.rotatedAt <= graceMs;
  return isRepeated ? { ...family, current: next } : null;
}
