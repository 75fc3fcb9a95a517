import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { hoursLeft, type Shift, ShiftPlan } from './shifts.js';

function coverage(shifts: Shift[]): number[] {
  return Array.from({ length: 24 }, (_, hour) => shifts.filter((shift) => hoursLeft(shift, hour) > 0).length);
}

describe('ShiftPlan', () => {
  it('puts people where the demand is, and leaves no hour empty', () => {
    const curve = Array.from({ length: 24 }, (_, hour) => (hour >= 8 && hour < 20 ? 3 : 1));
    const plan = new ShiftPlan(curve, 8);
    const heads = coverage(Array.from({ length: 48 }, () => plan.add()));
    expect(Math.min(...heads)).toBeGreaterThan(0);
    const [day, night] = [heads.slice(10, 18), heads.slice(0, 6)].map(
      (part) => part.reduce((a, b) => a + b, 0) / part.length,
    );
    expect((day ?? 0) / (night ?? 1)).toBeGreaterThan(2);
  });
});

describe('hoursLeft', () => {
  it('is all of them at the beginning, none before and after', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 1, max: 12 }), (start, hours) => {
        expect(hoursLeft({ start, hours }, start)).toBe(hours);
        expect(hoursLeft({ start, hours }, (start + hours) % 24)).toBe(0);
        expect(hoursLeft({ start, hours }, (start + 23.99) % 24)).toBe(0);
      }),
    );
  });
});
