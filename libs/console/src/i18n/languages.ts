/** Which language the console speaks. English is always there; the others are loaded when they are chosen. */
import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import { first } from './en/first.js';
import type { screens } from './en/screens.js';
import { inEveryForm, type Tree } from './words.js';

const KEY = 'muster.language';

/** `first` is what is seen before the first screen and on the floor; `screens` is the rest. */
export const LANGUAGES = [
  {
    code: 'en',
    name: 'English',
    direction: 'ltr',
    first: (): Promise<Tree> => Promise.resolve(first),
    screens: async (): Promise<Tree> => (await import('./en/screens.js')).screens,
  },
  {
    code: 'pt',
    name: 'Português',
    direction: 'ltr',
    first: async (): Promise<Tree> => (await import('./pt/first.js')).first,
    screens: async (): Promise<Tree> => (await import('./pt/screens.js')).screens,
  },
  {
    code: 'es',
    name: 'Español',
    direction: 'ltr',
    first: async (): Promise<Tree> => (await import('./es/first.js')).first,
    screens: async (): Promise<Tree> => (await import('./es/screens.js')).screens,
  },
  {
    code: 'hi',
    name: 'हिन्दी',
    direction: 'ltr',
    first: async (): Promise<Tree> => (await import('./hi/first.js')).first,
    screens: async (): Promise<Tree> => (await import('./hi/screens.js')).screens,
  },
  {
    code: 'ar',
    name: 'العربية',
    direction: 'rtl',
    first: async (): Promise<Tree> => (await import('./ar/first.js')).first,
    screens: async (): Promise<Tree> => (await import('./ar/screens.js')).screens,
  },
] as const;

type Language = (typeof LANGUAGES)[number];

/** What is spoken, and whether a screen was opened: each language spoken from then on is learnt with the screens. */
const spoken: { language: Language; screens: boolean } = { language: LANGUAGES[0], screens: false };
const learnt = new Set<string>();

declare module 'i18next' {
  interface CustomTypeOptions {
    resources: { translation: typeof first & typeof screens };
  }
}

/** Starts with what was chosen here before, else with what the browser asks for. */
export async function startLanguages(): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: 'en',
    fallbackLng: 'en',
    resources: { en: { translation: { ...first } } },
    interpolation: { escapeValue: false },
  });
  await speak(languageOf(localStorage.getItem(KEY)) ?? preferred());
}

/** Adds the words of the screens that aren't the first. */
export async function loadScreenWords(): Promise<void> {
  spoken.screens = true;
  await learn(spoken.language, 'screens');
}

export async function chooseLanguage(code: string): Promise<void> {
  const language = languageOf(code) ?? LANGUAGES[0];
  localStorage.setItem(KEY, language.code);
  await speak(language);
}

export function directionOf(code: string): 'ltr' | 'rtl' {
  return languageOf(code)?.direction ?? 'ltr';
}

async function speak(language: Language): Promise<void> {
  spoken.language = language;
  await learn(language, 'first');
  if (spoken.screens) await learn(language, 'screens');
  await i18next.changeLanguage(language.code);
  document.documentElement.lang = language.code;
  document.documentElement.dir = language.direction;
}

async function learn(language: Language, part: 'first' | 'screens'): Promise<void> {
  const { code } = language;
  if (learnt.has(`${code} ${part}`)) return;
  i18next.addResourceBundle(code, 'translation', inEveryForm(code, await language[part]()), true);
  learnt.add(`${code} ${part}`);
}

function preferred(): Language {
  return navigator.languages.map((tag) => languageOf(tag.split('-')[0] ?? '')).find(Boolean) ?? LANGUAGES[0];
}

function languageOf(code: string | null): Language | undefined {
  return LANGUAGES.find((language) => language.code === code);
}
