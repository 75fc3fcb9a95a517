import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { heatLevel, HOTTEST, profileOf, scaleEnd } from './heat.js';

describe('heat', () => {
  it('is nothing for nothing, and the hottest from the end of the scale on', () => {
    expect([heatLevel(0, 20), heatLevel(20, 20), heatLevel(99, 20)]).toEqual([0, HOTTEST, HOTTEST]);
  });

  it('never falls as the value rises, and something is never nothing', () => {
    fc.assert(
      fc.property(fc.nat(3_000), fc.nat(3_000), fc.integer({ min: 1, max: 2_000 }), (a, b, end) => {
        const [low, high] = a < b ? [a, b] : [b, a];
        expect(heatLevel(low, end)).toBeLessThanOrEqual(heatLevel(high, end));
        expect(heatLevel(high, end) === 0).toBe(high === 0);
      }),
    );
  });
});

describe('the end of the scale', () => {
  it('is what most stay below, so that one busy agent does not cool the others', () => {
    expect(scaleEnd([...Array.from({ length: 99 }, () => 9), 400])).toBe(10);
  });

  it('is kept until it clearly no longer fits', () => {
    expect(scaleEnd([18], 20)).toBe(20);
    expect(scaleEnd([15], 20)).toBe(20);
    expect(scaleEnd([21], 20)).toBe(30);
    expect(scaleEnd([4], 20)).toBe(10);
  });

  it('settles: asked again with the same numbers it stays', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(2_500), { maxLength: 40 }), fc.nat(2_000), (values, held) => {
        const end = scaleEnd(values, held);
        expect(scaleEnd(values, end)).toBe(end);
      }),
    );
  });
});

it('a profile tells the last hour in rates that add up to it', () => {
  const [far, late, near, now] = profileOf({ m1: 2, m5: 10, m15: 20, h1: 65 });
  expect([far, late, near, now]).toEqual([1, 1, 2, 2]);
  expect(far * 45 + late * 10 + near * 4 + now).toBe(65);
});
