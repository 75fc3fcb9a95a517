/** Whether what was typed is what was asked for: case, kinds of spaces and how letters are composed don't matter. Pure. */
export function isTyped(asked: string, typed: string): boolean {
  return plain(typed) === plain(asked);
}

function plain(text: string): string {
  return text.normalize('NFKC').replace(/\s+/g, ' ').trim().toLowerCase();
}
