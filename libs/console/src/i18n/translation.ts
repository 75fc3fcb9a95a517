import type { screens } from './en-screens.js';
import type { en } from './en.js';

type English = typeof en & typeof screens;

type PluralForm = 'zero' | 'one' | 'two' | 'few' | 'many' | 'other';
type Plurals = { [key: `${string}_${PluralForm}`]: string };
type Words<T> = T extends string ? string : { [K in keyof T]?: Words<T[K]> } & Plurals;

/** A language's words: those of English, as far as they are translated, in as many plural forms as it has. */
export type Translation = { [K in keyof English]?: Words<English[K]> };

const FORMS = ['zero', 'one', 'two', 'few', 'many', 'other'] as const;

/** One wording for every number. */
export function anyNumber(key: string, text: string): Plurals {
  return Object.fromEntries(FORMS.map((form) => [`${key}_${form}`, text]));
}
