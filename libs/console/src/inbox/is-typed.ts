/** What is typed to show that one means it. Pure. */
import type { ContactView } from '#client';

/** A name that is longer is no proof of care any more, only a trial. */
const LONGEST = 40;

/** What is asked for before a customer is erased: the name, or `word` where there is none to be read and typed. */
export function asked({ name, masked }: Pick<ContactView, 'name' | 'masked'>, word: string): string {
  return name === null || masked || [...name].length > LONGEST ? word : name;
}

/** Whether what was typed is what was asked for: case, kinds of spaces and how letters are composed don't matter. */
export function isTyped(what: string, typed: string): boolean {
  return plain(typed) === plain(what);
}

function plain(text: string): string {
  return text.normalize('NFKC').replace(/\s+/g, ' ').trim().toLowerCase();
}
