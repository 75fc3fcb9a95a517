import fc from 'fast-check';
import { fromCell, toCell } from './csv-cell.js';

const tricky = fc
  .array(fc.constantFrom("'", '=', '+', '-', '@', '\t', '\r', '\n', '＝', 'a', ' ', '"', ',', ';'))
  .map((parts) => parts.join(''));
const text = fc.oneof(tricky, fc.string(), fc.string({ unit: 'grapheme' }));

describe('cells', () => {
  it('come back as what they were', () => {
    fc.assert(
      fc.property(text, (value) => fromCell(toCell(value)) === value),
      { numRuns: 2_000 },
    );
  });

  it('never begin with what a spreadsheet runs', () => {
    fc.assert(
      fc.property(text, (value) => !/^[=+\-@\t\r\n＝＋－＠]/.test(toCell(value))),
      { numRuns: 2_000 },
    );
  });

  it('of a person who wrote them are taken as they are', () => {
    expect(["'Ana", "O'Neill", '+5511912345678', "''", ''].map(fromCell)).toEqual([
      "'Ana",
      "O'Neill",
      '+5511912345678',
      "''",
      '',
    ]);
    expect(fromCell("'+5511912345678")).toBe('+5511912345678');
  });
});
