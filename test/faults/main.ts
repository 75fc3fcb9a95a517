/**
 * `npm run test:faults`: real nodes under faults, and a checker of what they did. `-- access` proves P1 to P5, `-- resync`
 * P5 with many edits and with a large team, `-- windows` P6 and P7 while interactions pour in, `-- sleepers` what becomes
 * of a node whose dashboards stop reading.
 *
 * Everything is bounded in time, and what was started is ended, also by Ctrl-C. A run's choices follow from its seed,
 * its timing does not: the same seed finds the same kind of thing, rarely the very same moment.
 */
import { Command, InvalidArgumentError, Option } from 'commander';
import { access, FAULT_KINDS, type SuiteOptions } from './access/access.suite.js';
import type { FaultKind } from './access/history.js';
import { resync } from './resync/resync.suite.js';
import { sleepers, type SleepersOptions } from './sleepers/sleepers.suite.js';
import { windows } from './windows/windows.suite.js';

type Options = SuiteOptions & SleepersOptions;

const SUITES: Readonly<Record<string, (options: Options) => Promise<string[]>>> = {
  access,
  resync,
  windows,
  sleepers,
};
const LONGEST_SEED = 2 ** 32;

async function main(): Promise<void> {
  const program = new Command('test:faults')
    .argument('[suites...]', `suites to run: ${Object.keys(SUITES).join(', ')}; all when there is none`)
    .option('--seed <number>', 'choices of an earlier run', whole, Math.floor(Math.random() * LONGEST_SEED))
    .option('--seconds <count>', 'how long the product is run', whole, 60)
    .option('--sleep <seconds>', 'how long dashboards sleep', whole, 60)
    .option('--dashboards <count>', 'how many sleep', whole, 1_000)
    .option('--faults <kinds>', `of ${FAULT_KINDS.join(',')}, or none`, kinds, FAULT_KINDS)
    .addOption(new Option('--mutants <which>', 'control mutants').choices(['all', 'none', 'only']).default('all'))
    .parse();
  const options = program.opts<Omit<Options, 'say' | 'signal'>>();
  const abort = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => abort.abort());
  for (const name of program.args.length > 0 ? program.args : Object.keys(SUITES)) {
    const suite = SUITES[name];
    if (!suite) throw new Error(`There is no suite ${name}; choose from ${Object.keys(SUITES).join(', ')}.`);
    say(`${name}: seed ${options.seed}`);
    const failures = await suite({ ...options, say: (line) => say(`  ${line}`), signal: abort.signal });
    for (const failure of failures) process.stderr.write(`FAILED ${name}: ${failure}\n`);
    if (failures.length > 0) process.exitCode = 1;
    else say(`${name}: passed`);
  }
}

function whole(text: string): number {
  if (/^\d{1,10}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number.');
}

function kinds(text: string): FaultKind[] {
  if (text === 'none') return [];
  const named = text.split(',');
  const found = FAULT_KINDS.filter((kind) => named.includes(kind));
  if (found.length === named.length) return found;
  throw new InvalidArgumentError(`Choose from ${FAULT_KINDS.join(',')}.`);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
