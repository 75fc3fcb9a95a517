import { describe, expect, it } from '@jest/globals';
import { ar } from './ar.js';
import { screens } from './en-screens.js';
import { en } from './en.js';
import { es } from './es.js';
import { hi } from './hi.js';
import { pt } from './pt.js';

type Tree = { readonly [key: string]: string | Tree };

/** Every text with the way to it; plural forms count as one. */
function texts(tree: Tree, path = ''): Map<string, string> {
  return new Map(
    Object.entries(tree).flatMap(([key, value]) => {
      const at = `${path}${key.replace(/_(zero|one|two|few|many|other)$/, '')}`;
      return typeof value === 'string' ? [[at, value] as const] : [...texts(value, `${at}.`)];
    }),
  );
}

const slots = (text: string): string[] => [...text.matchAll(/\{\{(\w+)\}\}/g)].map((found) => found[1] ?? '').sort();
const english = texts({ ...en, ...screens });
/** What supervisors and administrators use every day is there in every language. */
const MAIN = [
  'inbox',
  'reports',
  'login',
  'password',
  'nav',
  'presence',
  'live',
  'floor',
  'receipt',
  'offboard',
] as const;

describe.each([
  ['pt', pt],
  ['es', es],
  ['hi', hi],
  ['ar', ar],
] as const)('%s', (_code, language) => {
  const translated = texts(language);

  it('says nothing that English does not, and names the same things in each text', () => {
    for (const [key, text] of translated) {
      expect({ key, slots: slots(text) }).toEqual({ key, slots: slots(english.get(key) ?? 'unknown {{unknown}}') });
    }
  });

  it('has all of the main screens', () => {
    const main = [...english.keys()].filter((key) => MAIN.some((section) => key.startsWith(`${section}.`)));
    expect(main.filter((key) => !translated.has(key))).toEqual([]);
  });
});
