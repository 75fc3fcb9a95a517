import { faultsOf } from './threshold.rule.js';

const base = { comparison: 'above', densityWindow: null } as const;

describe('a threshold', () => {
  it.each([
    [{ ...base, kind: 'density', value: 12, densityWindow: 'm1' }],
    [{ ...base, kind: 'load', value: 0.85 }],
    [{ ...base, kind: 'waiting', value: 120 }],
    [{ ...base, kind: 'staffing', comparison: 'below', value: 3 }],
  ] as const)('may be %j', (threshold) => {
    expect(faultsOf(threshold)).toEqual([]);
  });

  it.each([
    [{ ...base, kind: 'density', value: 1.5, densityWindow: 'm5' }, ['value_invalid']],
    [{ ...base, kind: 'load', value: 101 }, ['value_invalid']],
    [{ ...base, kind: 'waiting', comparison: 'below', value: 0 }, ['value_invalid', 'comparison_invalid']],
    [{ ...base, kind: 'staffing', value: -1, densityWindow: 'm5' }, ['value_invalid', 'window_unexpected']],
  ] as const)('is not %j', (threshold, codes) => {
    expect(faultsOf(threshold).map(({ code }) => code)).toEqual(codes);
  });
});
