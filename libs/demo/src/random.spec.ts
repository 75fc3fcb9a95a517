import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Random } from './random.js';

const DRAWS = 40_000;

function mean(draw: () => number): number {
  let sum = 0;
  for (let i = 0; i < DRAWS; i++) sum += draw();
  return sum / DRAWS;
}

function expectBetween(value: number, low: number, high: number): void {
  expect(value).toBeGreaterThan(low);
  expect(value).toBeLessThan(high);
}

describe('Random', () => {
  it('draws the same for the same seed, and something else for another', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (one, other) => {
        const draw = (seed: string): string => Array.from({ length: 4 }, () => new Random(seed).next()).join();
        expect(draw(one)).toBe(draw(one));
        if (one !== other) expect(draw(one)).not.toBe(draw(other));
      }),
    );
  });

  it('stays in [0, 1), in the range asked for, and on whole numbers', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: -50, max: 50 }), fc.nat(50), (seed, low, span) => {
        const random = new Random(seed);
        expect(random.next()).toBeLessThan(1);
        expect(random.next()).toBeGreaterThanOrEqual(0);
        const whole = random.integer(low, low + span);
        expect(Number.isInteger(whole) && whole >= low && whole <= low + span).toBe(true);
      }),
    );
  });

  it('gives a fork a stream that later draws of the parent do not change', () => {
    const parent = new Random(7);
    const [early, late] = [parent.fork('a'), parent.fork('a')];
    parent.next();
    expect(early.next()).toBe(late.next());
    expect(parent.fork('a').next()).not.toBe(parent.fork('b').next());
  });

  it.each([1, 2, 3])('converges to the means of its distributions (seed %i)', (seed) => {
    const random = new Random(seed);
    expect(mean(() => random.next())).toBeCloseTo(0.5, 1);
    expectBetween(
      mean(() => random.exponential(10)),
      9.7,
      10.3,
    );
    expectBetween(
      mean(() => random.normal()),
      -0.03,
      0.03,
    );
    expectBetween(
      mean(() => random.logNormal(20, 0.7)),
      24.8,
      26.3,
    );
    expectBetween(
      mean(() => random.geometric(5)),
      4.85,
      5.15,
    );
    expect(mean(() => random.geometric(1))).toBe(1);
  });

  it('has the median it was asked for in a log-normal', () => {
    const random = new Random(4);
    const below = mean(() => (random.logNormal(20, 0.9) < 20 ? 1 : 0));
    expectBetween(below, 0.48, 0.52);
  });

  it('chooses by weight, and never what weighs nothing', () => {
    const random = new Random(5);
    const share = mean(() => (random.weighted({ rare: 1, often: 3, never: 0 }) === 'often' ? 1 : 0));
    expectBetween(share, 0.73, 0.77);
    expect(Array.from({ length: 2_000 }, () => random.weighted({ a: 1, never: 0 }))).not.toContain('never');
  });

  it('refuses to pick from nothing', () => {
    expect(() => new Random(1).pick([])).toThrow(RangeError);
    expect(() => new Random(1).weighted({})).toThrow(RangeError);
  });
});
