import type { Route } from './routes.js';

/** What is acted upon, where the path does not say it in good English. */
const NOUNS: Record<string, string> = { 'api-keys': 'API key' };
const CRUD = new Set(['list', 'create', 'get', 'update', 'delete']);

type Named = Pick<Route, 'path' | 'verb' | 'method'> & { controller: { name: string } };

/** Stable as long as controller and method keep their names: `teams.list`, `me`. */
export function operationId({ controller, method }: Named): string {
  const name = controller.name.replace(/Controller$/, '');
  const area = name.charAt(0).toLowerCase() + name.slice(1);
  return area === method ? area : `${area}.${method}`;
}

/** A summary for a handler that has none: `List teams`, `Set presence of agent`. */
export function summaryOf(route: Named): string {
  const [collection = '', parameter] = segments(route.path);
  const noun = nounOf(collection);
  const words = route.method.replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  if (route.method === 'list') return capital(`list ${plural(noun)}`);
  if (CRUD.has(route.method)) return capital(`${words} ${noun}`);
  if (!parameter?.startsWith('{')) return capital(words);
  return capital(`${words} ${words.includes(' ') || route.verb === 'get' ? 'of ' : ''}${noun}`);
}

/** What a path parameter identifies: `/agents/{id}` → `agent`, `{teamId}` → `team`. */
export function nounOfParameter(path: string, parameter: string): string {
  if (parameter !== 'id')
    return parameter.replace(/Id$/, '').replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  const parts = segments(path);
  return nounOf(parts[parts.indexOf('{id}') - 1] ?? '');
}

/** `/api/v1/teams/{id}` → `teams`, `{id}`. */
function segments(path: string): string[] {
  return path.split('/').filter(Boolean).slice(2);
}

function nounOf(collection: string): string {
  const words = collection.replaceAll('-', ' ');
  return NOUNS[collection] ?? words.replace(/ies$/, 'y').replace(/s$/, '');
}

function plural(noun: string): string {
  return /[^aeiou]y$/.test(noun) ? `${noun.slice(0, -1)}ies` : `${noun}s`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
