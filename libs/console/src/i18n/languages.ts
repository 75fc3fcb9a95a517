/** Which language the console speaks. English is always there; the others are loaded when they are chosen. */
import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import type { screens } from './en-screens.js';
import { en } from './en.js';

const KEY = 'muster.language';

export const LANGUAGES = [
  { code: 'en', name: 'English', direction: 'ltr', load: () => Promise.resolve({}) },
  { code: 'pt', name: 'Português', direction: 'ltr', load: async () => (await import('./pt.js')).pt },
  { code: 'es', name: 'Español', direction: 'ltr', load: async () => (await import('./es.js')).es },
  { code: 'hi', name: 'हिन्दी', direction: 'ltr', load: async () => (await import('./hi.js')).hi },
  { code: 'ar', name: 'العربية', direction: 'rtl', load: async () => (await import('./ar.js')).ar },
] as const;

type Language = (typeof LANGUAGES)[number];

declare module 'i18next' {
  interface CustomTypeOptions {
    resources: { translation: typeof en & typeof screens };
  }
}

/** Starts with what was chosen here before, else with what the browser asks for. */
export async function startLanguages(): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: 'en',
    fallbackLng: 'en',
    resources: { en: { translation: { ...en } } },
    interpolation: { escapeValue: false },
  });
  await speak(languageOf(localStorage.getItem(KEY)) ?? preferred());
}

/** Adds the words of the screens that aren't the first. */
export async function loadScreenWords(): Promise<void> {
  const { screens } = await import('./en-screens.js');
  i18next.addResourceBundle('en', 'translation', screens, true);
}

export async function chooseLanguage(code: string): Promise<void> {
  const language = languageOf(code) ?? LANGUAGES[0];
  localStorage.setItem(KEY, language.code);
  await speak(language);
}

export function directionOf(code: string): 'ltr' | 'rtl' {
  return languageOf(code)?.direction ?? 'ltr';
}

async function speak({ code, direction, load }: Language): Promise<void> {
  if (!i18next.hasResourceBundle(code, 'translation')) {
    i18next.addResourceBundle(code, 'translation', await load());
  }
  await i18next.changeLanguage(code);
  document.documentElement.lang = code;
  document.documentElement.dir = direction;
}

function preferred(): Language {
  return navigator.languages.map((tag) => languageOf(tag.split('-')[0] ?? '')).find(Boolean) ?? LANGUAGES[0];
}

function languageOf(code: string | null): Language | undefined {
  return LANGUAGES.find((language) => language.code === code);
}
