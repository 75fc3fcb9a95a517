import { describe, expect, it } from '@jest/globals';
import { durationOf } from './duration.js';

describe('a duration', () => {
  it('is told in the units that matter', () => {
    expect([0, 1, 59_999, 60_000, 3_599_000, 11_520_000].map(durationOf)).toEqual([
      '0s',
      '1s',
      '60s',
      '1m',
      '59m',
      '3h 12m',
    ]);
  });
});
