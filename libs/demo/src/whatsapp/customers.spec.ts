import { describe, expect, it } from '@jest/globals';
import { CUSTOMERS, customerAt, customerOf } from './customers.js';

const ALL = Array.from({ length: CUSTOMERS }, (_, index) => customerAt(index));

describe('customers', () => {
  it('are enough, each with a number of their own', () => {
    expect(new Set(ALL.map(({ wa_id }) => wa_id)).size).toBe(CUSTOMERS);
    expect(CUSTOMERS).toBeGreaterThan(4_000);
  });

  it('have numbers that belong to nobody', () => {
    const reserved =
      /^(1\d{3}55501\d\d|447700900\d{3}|3363998\d{4}|4917139200\d\d|49176040690\d\d|467017406(0[5-9]|[1-9]\d))$/;
    expect(ALL.filter(({ wa_id }) => !reserved.test(wa_id))).toEqual([]);
  });

  it('are found by their number, and others are not', () => {
    expect(ALL.filter(({ wa_id }, index) => customerOf(`+${wa_id}`) !== index)).toEqual([]);
    expect(customerOf('+15550001111')).toBeNull();
  });

  it('have names', () => {
    expect(ALL.filter(({ profile }) => !/^\p{L}[\p{L} .-]+$/u.test(profile.name))).toEqual([]);
    expect(() => customerAt(CUSTOMERS)).toThrow(RangeError);
  });
});
