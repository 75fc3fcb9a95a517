import { MOST_ATTEMPTS, retryAfter } from './retry.rule.js';

describe('trying again', () => {
  const pauses = Array.from({ length: MOST_ATTEMPTS - 1 }, (_, index) => retryAfter(index + 1, 0.5) ?? 0);

  it('waits longer each time, up to a day, over about three days', () => {
    expect(pauses).toEqual([...pauses].sort((a, b) => a - b));
    expect(pauses[0]).toBe(5_000);
    expect(pauses.at(-1)).toBe(24 * 3_600_000);
    const hours = pauses.reduce((sum, pause) => sum + pause, 0) / 3_600_000;
    expect(hours).toBeGreaterThan(48);
    expect(hours).toBeLessThan(72);
  });

  it('spreads what failed together by a fifth to both sides', () => {
    expect([retryAfter(2, 0), retryAfter(2, 0.5), retryAfter(2, 0.999_999)]).toEqual([16_000, 20_000, 24_000]);
  });

  it('ends', () => {
    expect(retryAfter(MOST_ATTEMPTS, 0.5)).toBeNull();
  });
});
