import fc from 'fast-check';
import { exchange, type RefreshFamily } from './refresh.rule.js';

const GRACE = 30_000;
const FIRST: RefreshFamily = { current: 'first', previous: null, rotatedAt: 0 };
const at = (now: number) => ({ now, graceMs: GRACE });

describe('exchanging refresh tokens', () => {
  it('answers a repetition within the grace with another token, and the lost one is dead', () => {
    const lost = exchange(FIRST, 'first', 'lost', at(1_000));
    const repeated = lost && exchange(lost, 'first', 'found', at(1_000 + GRACE));
    expect(repeated).toEqual({ current: 'found', previous: 'first', rotatedAt: 1_000 });
    expect(repeated && exchange(repeated, 'lost', 'x', at(1_001))).toBeNull();
    expect(repeated && exchange(repeated, 'found', 'next', at(2_000))).toMatchObject({ previous: 'found' });
  });

  it('takes a repetition for a theft once the grace is over, however often it was repeated within', () => {
    const lost = exchange(FIRST, 'first', 'lost', at(0));
    const repeated = lost && exchange(lost, 'first', 'again', at(GRACE));
    expect(repeated && exchange(repeated, 'first', 'x', at(GRACE + 1))).toBeNull();
  });

  it('takes a repetition for a theft once the newest was used, however soon', () => {
    const second = exchange(FIRST, 'first', 'second', at(0));
    const third = second && exchange(second, 'second', 'third', at(1));
    expect(third && exchange(third, 'first', 'x', at(1))).toBeNull();
  });

  // Every token that was ever given out, shown in any order with any pauses.
  it('goes on for the newest, repeats the one before it for a while, and ends for anything else', () => {
    const step = fc.record({ which: fc.nat(20), pause: fc.constantFrom(0, 1, 1_000, GRACE - 1, GRACE, GRACE + 1) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const given = ['first'];
        /** What was shown last that moved the session on, and when. */
        let moved = { token: '', at: -Infinity };
        let family: RefreshFamily | null = FIRST;
        let now = 0;
        for (const { which, pause } of steps) {
          if (family === null) return;
          now += pause;
          const shown: string = given[Math.max(0, given.length - 1 - which)];
          const isNewest = shown === given.at(-1);
          const mayRepeat = shown === moved.token && now - moved.at <= GRACE;
          const next = `token ${given.length}`;
          family = exchange(family, shown, next, at(now));
          expect(family !== null).toBe(isNewest || mayRepeat);
          if (isNewest) moved = { token: shown, at: now };
          given.push(next);
          if (family) expect(family.current).toBe(next);
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
