import { expect, it } from '@jest/globals';
import { isTyped } from './is-typed.js';

it.each([
  ['Olena Moreira', 'olena  moreira ', true],
  ['Zoe\u0301\u00a0 Lima', 'Zoé Lima', true],
  ['محمد', 'محمد', true],
  ['Olena Moreira', 'Olena', false],
  ['Olena', '', false],
])('of %s, “%s” is enough: %s', (asked, typed, isEnough) => {
  expect(isTyped(asked, typed)).toBe(isEnough);
});
