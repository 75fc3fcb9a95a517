import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ALL_VARIABLES, COMMAND_LINE_VARIABLES } from '../../platform/config/variables.js';
import type { GeneratedFile } from '../generated-file.js';
import { envExample } from './env-example.js';
import { variableTables } from './variable-tables.js';

const BEGIN = '<!-- config:begin -->';
const END = '<!-- config:end -->';

/** `.env.example`, and the README of `root` with the table of settings between its markers. */
export async function configurationDocuments(root: string): Promise<GeneratedFile[]> {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  const tables = await variableTables(ALL_VARIABLES, COMMAND_LINE_VARIABLES);
  return [
    { path: '.env.example', text: envExample(ALL_VARIABLES, COMMAND_LINE_VARIABLES) },
    { path: 'README.md', text: between(readme, tables) },
  ];
}

function between(readme: string, text: string): string {
  const [before, rest = ''] = readme.split(BEGIN);
  const [, after] = rest.split(END);
  if (before === undefined || after === undefined) throw new Error(`README.md has no ${BEGIN} … ${END} any more.`);
  return `${before}${BEGIN}\n\n${text.trim()}\n\n${END}${after}`;
}
