import { styleText } from 'node:util';
import { type Command, Option } from 'commander';
import { ownVariables } from '../../platform/config/read-environment.js';
import type { Finding } from './finding.js';

interface Flags {
  json?: boolean;
  dataDir?: string;
}

const MARKS = { ok: '✔', failed: '✖', skipped: '–' } as const;
const COLOURS = { ok: 'green', failed: 'red', skipped: 'dim' } as const;

/** Adds `muster doctor`. */
export function registerDoctor(program: Command): void {
  program
    .command('doctor')
    .description(
      'check this machine, the configuration, PostgreSQL and Redis, and say what to do; 1 if anything is wrong',
    )
    .addOption(new Option('--json', 'print what was found as JSON'))
    .addOption(new Option('--data-dir <folder>', 'data folder of the embedded services').env('MUSTER_DATA_DIR'))
    .action((flags: Flags) => doctor(flags));
}

async function doctor({ json, dataDir }: Flags): Promise<void> {
  // Everything that the checks need is loaded for them alone: other commands start at once.
  const { diagnose } = await import('./doctor.js');
  const findings = await diagnose({ ...ownVariables(), ...(dataDir ? { MUSTER_DATA_DIR: dataDir } : {}) });
  const wrong = findings.filter(({ outcome }) => outcome === 'failed').length;
  if (json) process.stdout.write(`${JSON.stringify({ ok: wrong === 0, findings }, null, 2)}\n`);
  else process.stdout.write(`${report(findings)}\n\n${verdict(wrong)}\n`);
  if (wrong > 0) process.exitCode = 1;
}

function report(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ check }) => check.length));
  return findings.flatMap((finding) => linesOf(finding, width)).join('\n');
}

function linesOf({ check, outcome, detail, advice }: Finding, width: number): string[] {
  const mark = styleText(COLOURS[outcome], MARKS[outcome], { stream: process.stdout });
  const line = `${mark} ${check.padEnd(width)}  ${detail}`;
  return advice ? [line, `${' '.repeat(width + 4)}→ ${advice}`] : [line];
}

function verdict(wrong: number): string {
  if (wrong === 0) return 'All is fine.';
  return wrong === 1 ? 'One thing is to be repaired (✖).' : `${wrong} things are to be repaired (✖).`;
}
