import { describe, expect, it } from '@jest/globals';
import { PERMISSION_MODULES } from '#contracts';
import { LANGUAGES } from './languages.js';
import { inEveryForm, type Tree } from './words.js';

const FORM = /_(zero|one|two|few|many|other)$/;
/** Said alike in English and elsewhere, and rightly so: names, units, words that were taken over. */
const ALIKE: Record<string, readonly string[]> = {
  pt: [
    'login.email',
    'presence.offline',
    'agents.email',
    'agents.fields.email',
    'connections.tabs.webhooks',
    'audit.kinds.webhook',
  ],
  es: ['no', 'inbox.kinds.sticker', 'connections.tabs.webhooks', 'audit.kinds.webhook'],
  hi: ['modules.ai'],
  ar: [],
};
const NO_WORDS = [
  'ended.other',
  'modules.other',
  'agent.causes.other',
  'audit.other',
  'receipt.causes.other',
  'window.m1',
  'window.m5',
  'window.m15',
];

function texts(tree: Tree, path = ''): Map<string, string> {
  return new Map(
    Object.entries(tree).flatMap(([key, value]) =>
      typeof value === 'string' ? [[path + key, value] as const] : [...texts(value, `${path}${key}.`)],
    ),
  );
}

/** What a text names; a form for one number or a few may say the number in words. */
const slots = (key: string, text: string): string[] =>
  [...text.matchAll(/\{\{(\w+)\}\}/g)]
    .map((found) => found[1] ?? '')
    .filter((name) => name !== 'count' || !FORM.test(key) || key.endsWith('_other'))
    .sort();
const stems = (keys: Iterable<string>): string[] => [...new Set([...keys].map((key) => key.replace(FORM, '')))].sort();
const allOf = async (language: (typeof LANGUAGES)[number]): Promise<Map<string, string>> =>
  new Map(
    // Both may have texts under one name: what is in either is said.
    [await language.first(), await language.screens()].flatMap((part) => [...texts(inEveryForm(language.code, part))]),
  );

const english = await allOf(LANGUAGES[0]);
const plurals = stems([...english.keys()].filter((key) => key.endsWith('_one')));

it('calls each permission in English as the catalogue does', () => {
  const named = PERMISSION_MODULES.flatMap(({ permissions }) => permissions.map(({ key, label }) => [key, label]));
  const said = [...english].flatMap(([key, text]) => (key.startsWith('permissions.') ? [[key.slice(12), text]] : []));
  expect(said).toEqual(named);
});

describe.each(LANGUAGES.slice(1))('$name', (language) => {
  it('says all that English says, and nothing else', async () => {
    expect(stems((await allOf(language)).keys())).toEqual(stems(english.keys()));
  });

  it('has every plural form that its numbers need', async () => {
    const said = await allOf(language);
    const forms = new Intl.PluralRules(language.code).resolvedOptions().pluralCategories;
    const missing = plurals.flatMap((stem) => forms.map((form) => `${stem}_${form}`)).filter((key) => !said.has(key));
    expect(missing).toEqual([]);
  });

  it('says it in its own words', async () => {
    const same = [...(await allOf(language))].filter(([key, text]) => english.get(key) === text).map(([key]) => key);
    const alike = [...NO_WORDS, ...(ALIKE[language.code] ?? [])];
    expect(same.filter((key) => !alike.includes(key))).toEqual([]);
  });

  it('names the same things in each text', async () => {
    for (const [key, text] of await allOf(language)) {
      const pattern = english.get(key) ?? english.get(key.replace(FORM, '_other')) ?? '';
      expect({ key, slots: slots(key, text) }).toEqual({ key, slots: slots(key, pattern) });
    }
  });
});
