import { expect, it } from '@jest/globals';
import { asked, isTyped } from './is-typed.js';

it.each([
  ['Olena Moreira', 'olena  moreira ', true],
  ['Zoe\u0301\u00a0 Lima', 'Zoé Lima', true],
  ['محمد', 'محمد', true],
  ['Olena Moreira', 'Olena', false],
  ['Olena', '', false],
])('of %s, “%s” is enough: %s', (what, typed, isEnough) => {
  expect(isTyped(what, typed)).toBe(isEnough);
});

it.each([
  ['Olena Moreira', false, 'Olena Moreira'],
  ['O'.repeat(40), false, 'O'.repeat(40)],
  ['O'.repeat(41), false, 'erase'],
  ['O•••', true, 'erase'],
  [null, false, 'erase'],
])('for a customer named %s (masked: %s) asks for %s', (name, masked, word) => {
  expect(asked({ name, masked }, 'erase')).toBe(word);
});
