import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Table from 'cli-table3';
import type { BenchOptions, Report, Table as Figures } from './bench.js';
import type { Machine } from './machine.js';

/** Not under version control. */
const FOLDER = join('test', 'bench', 'results');

/** Where and how, and the tables, for people. */
export function print(report: Report, machine: Machine, options: BenchOptions): void {
  const { processor, cores, memoryGiB, platform, node, loadBefore } = machine;
  write(`\n${cores} × ${processor}, ${memoryGiB} GiB, ${platform}, Node ${node}, load before ${loadBefore.toFixed(1)}`);
  write(`${options.rounds} interleaved rounds of ${options.seconds} s each; median (lowest–highest round)`);
  for (const line of report.method) write(`- ${line}`);
  for (const table of report.tables) write(`\n${table.title}\n${draw(table)}`);
}

/** Writes `NAME-TIME.json`; its path. */
export function save(name: string, content: object): string {
  const time = new Date().toISOString().slice(0, 19).replaceAll(':', '');
  return saveText(`${name}-${time}.json`, `${JSON.stringify(content, null, 2)}\n`);
}

export function saveText(file: string, content: string): string {
  mkdirSync(FOLDER, { recursive: true });
  const path = join(FOLDER, file);
  writeFileSync(path, content);
  return path;
}

function draw({ head, rows }: Figures): string {
  const colAligns = head.map((_, column) => (column === 0 ? 'left' : 'right'));
  const table = new Table({ head, colAligns, style: { head: [], border: [], compact: true } });
  table.push(...rows);
  return table.toString();
}

function write(line: string): void {
  process.stdout.write(`${line}\n`);
}
