import { afterEach, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { Backoff, systemClock } from './clock.js';

afterEach(() => {
  jest.restoreAllMocks();
});

describe('the system clock', () => {
  it('counts a sleep that only the wall clock saw, and nothing when that is set back', () => {
    const wall = jest.spyOn(Date, 'now').mockReturnValue(1_000_000);
    const monotonic = jest.spyOn(performance, 'now').mockReturnValue(50);
    const clock = systemClock();
    wall.mockReturnValue(1_003_600_000);
    expect(clock.now()).toBe(1_002_600_000);
    wall.mockReturnValue(0);
    monotonic.mockReturnValue(60);
    expect(clock.now()).toBe(1_002_600_010);
  });
});

describe('pauses between tries', () => {
  it('grow up to the longest, and start over after a success', () => {
    const backoff = new Backoff(100, 1_000, () => 1);
    expect(Array.from({ length: 6 }, () => backoff.next())).toEqual([100, 200, 400, 800, 1_000, 1_000]);
    backoff.reset();
    expect(backoff.next()).toBe(100);
  });

  it('never exceed their limits, whatever chance says', () => {
    const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(fc.array(chance, { minLength: 1, maxLength: 200 }), (draws) => {
        const backoff = new Backoff(100, 1_000, () => draws.at(0) ?? 0);
        for (const [tries] of draws.entries())
          expect(backoff.next()).toBeLessThanOrEqual(Math.min(1_000, 100 * 2 ** tries));
      }),
    );
  });
});
