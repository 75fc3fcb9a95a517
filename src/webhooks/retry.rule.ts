/** When a delivery is tried again. Pure. */

export const MOST_ATTEMPTS = 10;

const FIRST_MS = 5_000;
const FACTOR = 4;
const LONGEST_MS = 24 * 3_600_000;

/**
 * Milliseconds to wait after so many attempts: 5 s, 20 s, 80 s, 5 min, 21 min, 85 min, 6 h, 23 h, 24 h, each up to a
 * fifth more or less, so that what failed together does not come back together. Null: no more. `random` is in [0, 1).
 */
export function retryAfter(attempts: number, random: number): number | null {
  if (attempts >= MOST_ATTEMPTS) return null;
  const base = Math.min(LONGEST_MS, FIRST_MS * FACTOR ** (attempts - 1));
  return Math.round(base * (0.8 + 0.4 * random));
}
