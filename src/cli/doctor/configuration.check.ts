import { failed, type Finding, ok, skipped } from './finding.js';
import type { Subject } from './subject.js';

/** The same validation as at the start of a node. */
export function checkConfiguration({ wrong, warnings, embedded }: Subject): Finding[] {
  const name = 'Configuration';
  const unknown = warnings.map((line) => skipped(name, line));
  if (wrong.size === 0) return [ok(name, embedded ? 'complete: nothing needs to be set' : 'complete'), ...unknown];
  const lines = [...wrong.values()].map((line) => failed(name, line, 'Every setting is in .env.example.'));
  return [...lines, ...unknown];
}
