import { expect, it } from '@jest/globals';
import { countryOf } from './phone-country.js';

it.each([
  ['+55 11 91234-5678', 'BR'],
  ['+351 9', 'PT'],
  ['+7 495', 'RU'],
  ['+77 01', 'KZ'],
  ['+1', 'US'],
  ['+', null],
  ['0119', null],
  ['', null],
])('%j belongs to %s', (phone, country) => {
  expect(countryOf(phone)).toBe(country);
});
