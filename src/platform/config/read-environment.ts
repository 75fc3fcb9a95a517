import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { ConfigurationError, Environment, validateEnvironment } from './environment.js';
import { ALL_VARIABLES } from './variables.js';

const KNOWN = new Set(ALL_VARIABLES.map((variable) => variable.name));
const SECRETS = ALL_VARIABLES.filter((variable) => variable.secret).map((variable) => variable.name);

/**
 * Reads the configuration from the environment. `warn` receives a line for each unknown `MUSTER_*`.
 * Throws `ConfigurationError`, whose lines name the variable and what is expected, never the value.
 */
export function readEnvironment(
  source: Record<string, string | undefined> = process.env,
  warn: (line: string) => void = () => undefined,
): Environment {
  for (const name of unknownVariables(source)) warn(unknownMessage(name));
  const known = Object.fromEntries([...KNOWN].map((name) => [name, source[name]]));
  return validateEnvironment({ ...known, ...readFiles(source) });
}

/** A node's name when none is given. */
export function defaultNodeId(port: number): string {
  return `${hostname().replaceAll(/[^\w.-]/g, '-')}-${port}`.slice(-64);
}

function unknownVariables(source: Record<string, string | undefined>): string[] {
  return Object.keys(source).filter(
    (name) =>
      name.startsWith('MUSTER_') && !KNOWN.has(name) && !(name.endsWith('_FILE') && KNOWN.has(name.slice(0, -5))),
  );
}

function unknownMessage(name: string): string {
  const nearest = [...KNOWN].sort((a, b) => distance(name, a) - distance(name, b))[0];
  return `${name} is unknown and ignored; did you mean ${nearest}?`;
}

function readFiles(source: Record<string, string | undefined>): Record<string, string> {
  const values: Record<string, string> = {};
  for (const name of SECRETS) {
    const path = source[`${name}_FILE`];
    if (!path || source[name]) continue;
    try {
      values[name] = readFileSync(path, 'utf8').trim();
    } catch {
      throw new ConfigurationError([`${name}_FILE has a wrong value: expected the path of a readable file`]);
    }
  }
  return values;
}

/** Levenshtein's edit distance. */
function distance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row[j] = Math.min(substitution, (previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1);
    }
    previous = row;
  }
  return previous[b.length] ?? 0;
}
