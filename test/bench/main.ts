/**
 * `npm run bench`: runs every benchmark, or those named; `-- --list` says which there are. Each has its own servers,
 * is bounded in time, prints tables, and leaves a JSON file in `test/bench/results/`.
 */
import { Command, InvalidArgumentError } from 'commander';
import { adapter } from './adapter/adapter.bench.js';
import { assign } from './assign/assign.bench.js';
import { authority } from './authority/authority.bench.js';
import { bytes } from './bytes/bytes.bench.js';
import { consoleBench } from './console/console.bench.js';
import { consoleMemory } from './console/memory.bench.js';
import { fanout } from './fanout/fanout.bench.js';
import { handshake } from './handshake/handshake.bench.js';
import { live } from './live/live.bench.js';
import { liveWide } from './live-wide/live-wide.bench.js';
import { ingest } from './ingest/ingest.bench.js';
import { list } from './list/list.bench.js';
import { memory } from './memory/memory.bench.js';
import { revoke } from './revoke/revoke.bench.js';
import { scale } from './scale/scale.bench.js';
import { resync } from './resync/resync.bench.js';
import { storm } from './storm/storm.bench.js';
import type { Bench, BenchContext, BenchOptions } from './support/bench.js';
import { describeMachine } from './support/machine.js';
import { print, save, saveText } from './support/results.js';
import { Services } from './support/services.js';

const BENCHES: readonly Bench[] = [
  adapter,
  assign,
  authority,
  bytes,
  consoleBench,
  consoleMemory,
  fanout,
  handshake,
  ingest,
  list,
  memory,
  live,
  liveWide,
  revoke,
  resync,
  scale,
  storm,
];

const MINUTE_MS = 60_000;

async function main(): Promise<void> {
  const program = new Command('bench')
    .argument('[names...]', 'benchmarks to run; all when there is none')
    .option('--list', 'say which benchmarks there are')
    .option('--rounds <count>', 'interleaved rounds', positive, 3)
    .option('--seconds <count>', 'seconds of one measurement', positive, 4)
    .option('--profile', 'profile the product as well, and keep the profile', false)
    .parse();
  const options = program.opts<BenchOptions & { list?: boolean }>();
  if (options.list) return listAll();
  for (const bench of chosen(program.args)) await run(bench, options);
}

function chosen(names: string[]): readonly Bench[] {
  const unknown = names.find((name) => !BENCHES.some((bench) => bench.name === name));
  if (unknown === undefined) return names.length === 0 ? BENCHES : BENCHES.filter(({ name }) => names.includes(name));
  throw new Error(`There is no benchmark ${unknown}; choose from ${BENCHES.map(({ name }) => name).join(', ')}.`);
}

function listAll(): void {
  for (const { name, summary } of BENCHES) process.stdout.write(`${name.padEnd(12)} ${summary}\n`);
}

async function run(bench: Bench, options: BenchOptions): Promise<void> {
  const machine = describeMachine();
  say(`${bench.name}: ${bench.summary}`);
  const report = await withServices(options, (context) => bounded(bench.limitMinutes, bench.run(context)));
  print(report, machine, options);
  say(`\n${save(bench.name, { bench: bench.name, at: new Date().toISOString(), machine, options, ...report })}`);
}

async function withServices<T>(options: BenchOptions, work: (context: BenchContext) => Promise<T>): Promise<T> {
  const services = await Services.start();
  const closing: (() => Promise<void>)[] = [];
  try {
    const keep = (name: string, content: string) => say(saveText(name, content));
    return await work({ services, options, say, keep, onEnd: (close) => void closing.unshift(close) });
  } catch (error) {
    // What fails while everything is closed would hide it.
    say(`failed: ${error instanceof Error ? error.message : String(error)}`);
    throw error;
  } finally {
    for (const close of closing) await close();
    await services.stop();
  }
}

/** Fails when `work` takes too long, or when somebody presses Ctrl-C. */
function bounded<T>(minutes: number, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const giveUp = (reason: string) => () => reject(new Error(`given up: ${reason}`));
    const timer = setTimeout(giveUp(`it took longer than ${minutes} minutes`), minutes * MINUTE_MS);
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, giveUp(signal));
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

function positive(text: string): number {
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number from 1 to 9999.');
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
