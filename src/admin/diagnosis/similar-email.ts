/**
 * E-mails that somebody may have meant: pure rules. Muster has no index for likeness, so the other way round: everything
 * that is one typing mistake away is written out and looked up, a few thousand exact e-mails.
 */
import type { SimilarAgent } from '#contracts';

type Difference = SimilarAgent['difference'];

const ALPHABET = [...'abcdefghijklmnopqrstuvwxyz0123456789.-_+@'];
/** Longer e-mails are looked up as they are only: what could be meant would be too much. */
const MAX_LENGTH = 80;

/** Without what comes along when one copies an e-mail: spaces, brackets, a scheme, the end of a sentence. */
export function bare(email: string): string {
  const inner = /<([^<>]+)>/.exec(email)?.[1] ?? email;
  return inner
    .replace(/^\s*mailto:/i, '')
    .replaceAll(/\s/g, '')
    .replace(/^["'([<]+/, '')
    .replace(/[.,;:"')\]>]+$/, '')
    .toLowerCase();
}

/** Without the part after `+`. */
export function untagged(email: string): string {
  return email.replace(/\+[^@]*(?=@)/, '');
}

/** Every text that is one character more, less or different, or has two neighbours swapped. */
export function oneCharacterFrom(email: string): string[] {
  const characters = [...email];
  if (characters.length > MAX_LENGTH) return [];
  const found = new Set<string>();
  const add = (before: number, between: readonly string[], after: number) =>
    found.add([...characters.slice(0, before), ...between, ...characters.slice(after)].join(''));
  for (let at = 0; at <= characters.length; at++) {
    for (const letter of ALPHABET) {
      add(at, [letter], at);
      if (at < characters.length) add(at, [letter], at + 1);
    }
    const [here, next] = [characters[at], characters[at + 1]];
    if (here !== undefined) add(at, [], at + 1);
    if (here !== undefined && next !== undefined) add(at, [next, here], at + 2);
  }
  found.delete(email);
  return [...found];
}

/** What differs between the e-mail asked for and one that was found near it. */
export function differenceOf(asked: string, found: string): Difference {
  const [plain, known] = [bare(asked), found.toLowerCase()];
  if (plain === known) return 'spelling';
  return untagged(plain) === untagged(known) ? 'tag' : 'one_character';
}
