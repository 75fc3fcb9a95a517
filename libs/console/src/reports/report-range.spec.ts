import { describe, expect, it } from '@jest/globals';
import { RANGES, rangeOf } from './report-range.js';

const NOW = Date.parse('2026-11-23T10:07:31.500Z');
const STEPS = { minute: 60, '5m': 300, hour: 3_600, day: 86_400 };

describe('the time of a report', () => {
  it.each(RANGES)('%s: contains now, and begins and ends where buckets begin', (name) => {
    const { from, to, interval } = rangeOf(name, NOW);
    const [start, end] = [Date.parse(from), Date.parse(to)];
    expect(start < NOW && NOW < end).toBe(true);
    expect([(start / 1_000) % STEPS[interval], (end / 1_000) % STEPS[interval]]).toEqual([0, 0]);
    expect((end - start) / 1_000 / STEPS[interval]).toBeLessThanOrEqual(1_500);
  });

  it('goes on to the next bucket when one begins', () => {
    expect(rangeOf('hour', Date.parse('2026-11-23T10:07:00.000Z')).to).toBe('2026-11-23T10:08:00.000Z');
  });
});
