/**
 * What a language says. English is the pattern: a folder per language, a file per screen with the same keys, so that a
 * text that isn't translated is refused by the compiler. Only plural forms differ: `_other` must be there, `_one` may
 * be; a form that isn't written says what `_other` says (Arabic's six: its texts set the number apart instead).
 */
import type { account } from './en/account.js';
import type { agent } from './en/agent.js';
import type { agents } from './en/agents.js';
import type { alerts } from './en/alerts.js';
import type { audit } from './en/audit.js';
import type { connections } from './en/connections.js';
import type { first } from './en/first.js';
import type { inbox } from './en/inbox.js';
import type { problems } from './en/problems.js';
import type { reports } from './en/reports.js';
import type { teams } from './en/teams.js';

interface English {
  account: typeof account;
  agent: typeof agent;
  agents: typeof agents;
  alerts: typeof alerts;
  audit: typeof audit;
  connections: typeof connections;
  first: typeof first;
  inbox: typeof inbox;
  problems: typeof problems;
  reports: typeof reports;
  teams: typeof teams;
}

type Said<T> = T extends string
  ? string
  : { [K in keyof T as K extends `${string}_one` ? never : K]: Said<T[K]> } & {
      [K in keyof T as K extends `${string}_one` ? K : never]?: string;
    };

/** The words of one file of a language. */
export type Words<File extends keyof English> = Said<English[File]>;

export interface Tree {
  readonly [key: string]: string | Tree;
}

/** The texts in every plural form that the language has. */
export function inEveryForm(code: string, words: Tree): Tree {
  const forms = new Intl.PluralRules(code).resolvedOptions().pluralCategories;
  return Object.fromEntries(
    Object.entries(words).flatMap(([key, value]) => {
      if (typeof value !== 'string') return [[key, inEveryForm(code, value)]];
      const stem = key.endsWith('_other') ? key.slice(0, -'_other'.length) : null;
      if (stem === null) return [[key, value]];
      return forms.map((form) => [`${stem}_${form}`, words[`${stem}_${form}`] ?? value]);
    }),
  );
}
