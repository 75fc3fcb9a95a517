import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Random } from '../random.js';
import { Bursts, nextArrival } from './arrivals.js';
import { readCurve } from './day.js';

/** Arrivals up to `until`. */
function arrivals(seed: number, rate: (at: number) => number, bound: number, until: number): number[] {
  const random = new Random(seed);
  const times: number[] = [];
  for (let at = nextArrival(random, 0, rate, bound); at <= until; at = nextArrival(random, at, rate, bound))
    times.push(at);
  return times;
}

describe('nextArrival', () => {
  it('goes forward in time', () => {
    fc.assert(
      fc.property(fc.integer(), fc.double({ min: 0, max: 1e6, noNaN: true }), (seed, from) => {
        expect(nextArrival(new Random(seed), from, () => 0.01, 0.02)).toBeGreaterThan(from);
      }),
    );
  });

  it('never comes when nobody writes', () => {
    expect(nextArrival(new Random(1), 0, () => 0, 0)).toBe(Infinity);
  });

  it.each([1, 2, 3, 4])('has as many events as the intensity integrates to (seed %i)', (seed) => {
    const rate = (at: number): number => 0.05 * (1 + Math.sin(at / 5_000));
    const until = 2 * Math.PI * 5_000 * 40;
    const expected = 0.05 * until;
    const count = arrivals(seed, rate, 0.1, until).length;
    expect(Math.abs(count - expected)).toBeLessThan(4 * Math.sqrt(expected));
  });

  it('puts them where the intensity is', () => {
    const times = arrivals(9, (at) => (at % 1_000 < 250 ? 0.3 : 0.1), 0.3, 400_000);
    const busy = times.filter((at) => at % 1_000 < 250).length;
    expect(busy / times.length).toBeCloseTo(0.5, 1);
  });

  it('has the variance of a Poisson process: as large as the mean', () => {
    const times = arrivals(3, () => 0.02, 0.05, 4_000_000);
    const counts = new Array<number>(4_000).fill(0);
    for (const at of times) counts[Math.floor(at / 1_000)] = (counts[Math.floor(at / 1_000)] ?? 0) + 1;
    const mean = times.length / counts.length;
    const variance = counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / counts.length;
    expect(variance / mean).toBeCloseTo(1, 1);
  });
});

describe('Bursts', () => {
  it('multiplies by 1 most of the time, and never by more than it says', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const bursts = new Bursts(new Random(seed));
        const factors = Array.from({ length: 2_000 }, (_, i) => bursts.factorAt(i * 10_000));
        expect(Math.min(...factors)).toBe(1);
        expect(Math.max(...factors)).toBeLessThanOrEqual(Bursts.MAX);
        const calm = factors.filter((factor) => factor === 1).length;
        expect(calm).toBeGreaterThan(1_400);
        expect(calm).toBeLessThan(2_000);
      }),
      { numRuns: 20 },
    );
  });
});

describe('readCurve', () => {
  it('meets the given hours, stays between them, and closes at midnight', () => {
    const curve = Array.from({ length: 24 }, (_, hour) => (hour * 7) % 24);
    fc.assert(
      fc.property(fc.double({ min: -48, max: 48, noNaN: true }), (hour) => {
        expect(readCurve(curve, hour)).toBeCloseTo(readCurve(curve, hour + 24), 6);
        const [low, high] = [readCurve(curve, Math.floor(hour)), readCurve(curve, Math.floor(hour) + 1)];
        expect(readCurve(curve, hour)).toBeGreaterThanOrEqual(Math.min(low, high) - 1e-9);
        expect(readCurve(curve, hour)).toBeLessThanOrEqual(Math.max(low, high) + 1e-9);
      }),
    );
    curve.forEach((value, hour) => expect(readCurve(curve, hour)).toBe(value));
  });
});
