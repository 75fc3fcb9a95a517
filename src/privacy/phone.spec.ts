import { toE164, waIdToE164 } from './phone.js';

describe('toE164', () => {
  it('accepts a number as people write it', () => {
    expect(toE164(' +1 (650) 387-9439 ')).toBe('+16503879439');
    expect(toE164('+55 11 98888-7777')).toBe('+5511988887777');
  });

  it('refuses what has no country code, is no number, or is more than one', () => {
    for (const text of [
      '650 387 9439',
      '+',
      '+12',
      '+999123456789',
      'call +351912345678',
      '+1 650 387 9439 ext. 5',
      '',
      '+1'.repeat(30),
    ]) {
      expect(toE164(text)).toBeNull();
    }
  });
});

describe('waIdToE164', () => {
  it('takes the digits as they are', () => {
    expect(waIdToE164('5215512345678')).toBe('+5215512345678');
  });

  it('refuses user ids, group ids and numbers that are too long', () => {
    for (const id of ['US.13491208655302741918', '', '0123456789', '1203630298765432109', '12345'])
      expect(waIdToE164(id)).toBeNull();
  });
});
