import type { en } from './en.js';

type Words<T> = { [K in keyof T]?: T[K] extends string ? string : Words<T[K]> };
type PluralForm = 'zero' | 'one' | 'two' | 'few' | 'many' | 'other';

/** A language's words: those of English, as far as they are translated, in as many plural forms as it has. */
export type Translation = { [K in keyof typeof en]?: Words<(typeof en)[K]> & { [key: `${string}_${PluralForm}`]: string } };
