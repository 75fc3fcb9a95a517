import { type ProblemException, validationFailed } from '../errors/problem.exception.js';

/** Far more than any request has; validating an object costs more than in proportion to its members. */
const MAX_MEMBERS = 100;
const MAX_ITEMS = 2_000;
const MAX_DEPTH = 10;

/**
 * Refuses input that would be dear to validate, or that PostgreSQL can't store as text, before anybody looks at what
 * it means: 422 `validation_failed` with `too_many_members`, `too_many_items`, `too_deep` or `text_invalid`.
 */
export function requireBounded(value: unknown, pointer = '', depth = 0): void {
  if (typeof value === 'string') return requireText(value, pointer);
  if (typeof value !== 'object' || value === null) return;
  if (depth === MAX_DEPTH) throw refusal(pointer, 'too_deep', `Nest objects at most ${MAX_DEPTH} deep.`);
  if (Array.isArray(value)) return requireItems(value, pointer, depth);
  const members = Object.entries(value);
  if (members.length > MAX_MEMBERS) {
    throw refusal(pointer, 'too_many_members', `Send at most ${MAX_MEMBERS} members in an object.`);
  }
  for (const [name, member] of members) {
    requireText(name, pointer);
    requireBounded(member, `${pointer}/${name}`, depth + 1);
  }
}

function requireItems(items: unknown[], pointer: string, depth: number): void {
  if (items.length > MAX_ITEMS) throw refusal(pointer, 'too_many_items', `Send at most ${MAX_ITEMS} items in a list.`);
  items.forEach((item, index) => requireBounded(item, `${pointer}/${index}`, depth + 1));
}

function requireText(text: string, pointer: string): void {
  if (text.isWellFormed() && !text.includes('\0')) return;
  throw refusal(pointer, 'text_invalid', 'Send text without NUL characters and halves of characters.');
}

function refusal(pointer: string, code: string, detail: string): ProblemException {
  return validationFailed([{ pointer, code, detail }]);
}
