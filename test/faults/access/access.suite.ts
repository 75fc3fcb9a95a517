/**
 * `npm run test:faults -- access`: a run of the product, then a run of each control mutant, which must be caught; else
 * the checker is blind and the first run has proven nothing.
 */
import type { Violation } from './check/checker.js';
import { unseen } from './check/coverage.js';
import { FAULTS } from './nemesis.js';
import type { FaultKind } from './history.js';
import { describe, slice } from './report.js';
import { run, type RunOptions } from './run.js';

export interface SuiteOptions {
  seed: number;
  seconds: number;
  faults: readonly FaultKind[];
  /** `all`: the product and every mutant; `none`: the product only; `only`: the mutants only. */
  mutants: 'all' | 'none' | 'only';
  say: (line: string) => void;
  signal: AbortSignal;
}

export const FAULT_KINDS = Object.keys(FAULTS) as FaultKind[];

/** A mutant, the faults under which it shows, and the promises that it breaks. */
interface Mutant {
  faults: readonly FaultKind[];
  breaks: readonly Violation['promise'][];
}

export const MUTANTS: Readonly<Record<string, Mutant>> = {
  'gate-off': { faults: ['delay', 'stop'], breaks: ['P2'] },
  // Without Redis no re-sync comes to close what the handshake has let in.
  'reread-off': { faults: ['redis'], breaks: ['P1', 'P2', 'closing'] },
  'lease-off': { faults: ['stop'], breaks: ['P2'] },
};
const MUTANT_SECONDS = 120;

/** Resolves with what failed, a line each. */
export async function access(options: SuiteOptions): Promise<string[]> {
  const failures: string[] = [];
  if (options.mutants !== 'only') failures.push(...(await proveProduct(options)));
  if (options.mutants !== 'none') {
    for (const [name, mutant] of Object.entries(MUTANTS)) failures.push(...(await proveMutant(options, name, mutant)));
  }
  return options.signal.aborted ? [...failures, 'given up'] : failures;
}

async function proveProduct({ seed, seconds, faults, say, signal }: SuiteOptions): Promise<string[]> {
  const outcome = await run({ seed, seconds, faults, mutant: null, until: [], say, signal });
  if (signal.aborted) return [];
  say(describe(outcome));
  const again = `run it again with --seed ${seed} --seconds ${seconds} --faults ${faults.join(',') || 'none'}`;
  if (outcome.violations.length > 0) return [`${outcome.violations.length} violations; ${again}`];
  return unseen(outcome.coverage).map((what) => `the run saw no ${what}; ${again}`);
}

async function proveMutant({ seed, say, signal }: SuiteOptions, name: string, mutant: Mutant): Promise<string[]> {
  if (signal.aborted) return [];
  const { faults, breaks } = mutant;
  const options: RunOptions = { seed, seconds: MUTANT_SECONDS, faults, mutant: name, until: breaks, say, signal };
  const { violations, history } = await run(options);
  const caught = violations.find(({ promise }) => breaks.includes(promise));
  if (!caught) return signal.aborted ? [] : [`the mutant ${name} was not caught in ${MUTANT_SECONDS} s, seed ${seed}`];
  say(`the mutant ${name} was caught:${slice(caught, history)}`);
  return [];
}
