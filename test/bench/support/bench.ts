import type { Services } from './services.js';

/** A benchmark: `npm run bench -- NAME`. */
export interface Bench {
  name: string;
  /** One line for the list. */
  summary: string;
  /** Minutes after which it is given up. */
  limitMinutes: number;
  run(context: BenchContext): Promise<Report>;
}

export interface BenchContext {
  services: Services;
  options: BenchOptions;
  /** Says how far it is. */
  say(line: string): void;
  /** Ends what the benchmark started, last first, however it ends. */
  onEnd(close: () => Promise<void>): void;
  /** Keeps a file beside the results. */
  keep(name: string, content: string): void;
}

export interface BenchOptions {
  rounds: number;
  /** Seconds of one measurement. */
  seconds: number;
  /** Whether to profile the product as well. */
  profile: boolean;
}

export interface Report {
  /** How it was measured, a sentence each. */
  method: string[];
  tables: Table[];
  /** Every measurement, for the JSON. */
  measurements: unknown;
}

export interface Table {
  title: string;
  head: string[];
  rows: string[][];
}
