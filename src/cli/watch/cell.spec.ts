import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fit, widthOf } from './cell.js';

describe('a cell', () => {
  it.each([
    ['Zoë', 5, 'left', 'Zoë  '],
    ['42', 5, 'right', '   42'],
    ['Bartholomew', 5, 'left', 'Bart…'],
    ['日本語の名前', 5, 'left', '日本…'],
    ['日本語の名前', 6, 'left', '日本… '],
    ['👩‍👩‍👧 Ann', 7, 'left', '👩‍👩‍👧 Ann '],
    ['e\u0301a', 3, 'left', 'e\u0301a '],
    ['gone', 0, 'left', ''],
  ] as const)('fits %s into %d columns', (text, width, align, shown) => {
    expect(fit(text, width, align)).toBe(shown);
  });

  it('lets no name move the cursor or turn the line around', () => {
    expect(fit('\u001b[2J\u202eevil\n', 12)).toBe('�[2J�evil�  ');
  });

  it('is exactly as wide as it should be, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.nat(30), (text, width) => {
        expect(widthOf(fit(text, width))).toBe(width);
      }),
    );
  });
});
