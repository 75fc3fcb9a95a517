import { format } from 'prettier';
import type { Variable } from '../../platform/config/variables.js';

/** The settings for the README. */
export function variableTables(settings: readonly Variable[], commandLine: readonly Variable[]): Promise<string> {
  const parts = [
    table(settings),
    '† A secret: `NAME_FILE` may name a file that holds it instead.',
    'And for the command line, each like the option of the same name:',
    table(commandLine),
  ];
  return format(parts.join('\n\n'), { parser: 'markdown', printWidth: 120 });
}

function table(variables: readonly Variable[]): string {
  const rows = variables.map(({ name, description, default: standard = '', secret }) => {
    return `| \`${name}\`${secret ? ' †' : ''} | ${cell(description)} | ${cell(standard)} |`;
  });
  return ['| Variable | Meaning | Default |', '| --- | --- | --- |', ...rows].join('\n');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
