/**
 * Cells that spreadsheets don't run. A cell that begins with one of these characters may be taken for a formula; with
 * an apostrophe before it, it is text. Reading takes exactly the apostrophe away that writing has put there, also where
 * the text itself begins with apostrophes, so that a file that was exported imports as what it was.
 */
const RUNS = '=+\\-@\\t\\r\\n\\uFF1D\\uFF0B\\uFF0D\\uFF20';
const TO_GUARD = new RegExp(`^'*[${RUNS}]`);
const GUARDED = new RegExp(`^''*[${RUNS}]`);

/** A text as a cell that is text everywhere. */
export function toCell(text: string): string {
  return TO_GUARD.test(text) ? `'${text}` : text;
}

/** The text of a cell. */
export function fromCell(cell: string): string {
  return GUARDED.test(cell) ? cell.slice(1) : cell;
}
