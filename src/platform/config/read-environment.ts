import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { checkEnvironment, ConfigurationError, type Environment } from './environment.js';
import { ALL_VARIABLES, COMMAND_LINE_VARIABLES } from './variables.js';

const KNOWN = new Set([...ALL_VARIABLES, ...COMMAND_LINE_VARIABLES].map((variable) => variable.name));
const SETTINGS = ALL_VARIABLES.map((variable) => variable.name);
const SECRETS = ALL_VARIABLES.filter((variable) => variable.secret).map((variable) => variable.name);
const TWINS = new Set(SECRETS.map((name) => `${name}_FILE`));

/** Variables by name, as the process got them. */
export type Source = Record<string, string | undefined>;

/**
 * Reads the configuration from the environment. `warn` receives a line for each unknown `MUSTER_*`.
 * Throws `ConfigurationError`, whose lines name the variable and what is expected, never the value.
 */
export function readEnvironment(
  source: Source = process.env,
  warn: (line: string) => void = () => undefined,
): Environment {
  const { environment, wrong, warnings } = inspectEnvironment(source);
  for (const line of warnings) warn(line);
  if (wrong.size > 0) throw new ConfigurationError([...wrong.values()]);
  return environment;
}

/** The same without a verdict: what is wrong by variable, a line each. What is not wrong can be used. */
export function inspectEnvironment(source: Source): {
  environment: Environment;
  wrong: Map<string, string>;
  warnings: string[];
} {
  const files = readFiles(source);
  const known = Object.fromEntries(SETTINGS.map((name) => [name, source[name]]));
  const { environment, wrong } = checkEnvironment({ ...known, ...files.values }, (name) => name in files.values);
  const warnings = unknownVariables(source).map(unknownMessage);
  return { environment, wrong: new Map([...wrong, ...files.wrong]), warnings };
}

/** The variables of this process, for those who look at them before they are complete. */
export function ownVariables(): Source {
  return { ...process.env };
}

/** A node's name when none is given. */
export function defaultNodeId(port: number): string {
  return `${hostname().replaceAll(/[^\w.-]/g, '-')}-${port}`.slice(-64);
}

function unknownVariables(source: Source): string[] {
  return Object.keys(source).filter((name) => name.startsWith('MUSTER_') && !KNOWN.has(name) && !TWINS.has(name));
}

function unknownMessage(name: string): string {
  const nearest = [...KNOWN, ...TWINS].toSorted((a, b) => distance(name, a) - distance(name, b))[0];
  return `${name} is unknown and ignored; did you mean ${nearest}?`;
}

/** A value given directly wins over the file: so does the launcher, which passes both on. */
function readFiles(source: Source): { values: Record<string, string>; wrong: Map<string, string> } {
  const values: Record<string, string> = {};
  const wrong = new Map<string, string>();
  for (const name of SECRETS) {
    const path = source[`${name}_FILE`];
    if (!path || source[name]) continue;
    const content = contentOf(path);
    if (content) values[name] = content;
    else wrong.set(name, `${name}_FILE has a wrong value: expected ${content === '' ? NOT_EMPTY : READABLE}`);
  }
  return { values, wrong };
}

const READABLE = 'the path of a readable file';
const NOT_EMPTY = 'the path of a file that is not empty';

function contentOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return null;
  }
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
