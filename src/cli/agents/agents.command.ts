import { openAsBlob } from 'node:fs';
import { stat } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import { CommandError } from '../explain.js';
import { addReachOptions, reach, type ReachOptions } from '../reach.js';
import { ProgressBar } from './progress-bar.js';
import { reportOf } from './import-report.js';

interface Flags extends ReachOptions {
  dryRun?: boolean;
  atomic?: boolean;
  invite?: boolean;
  json?: boolean;
}

/** Adds `muster agents …`. */
export function registerAgents(program: Command): void {
  const agents = program.command('agents').description('agents from files').helpCommand(false);
  const command = agents
    .command('import')
    .argument('<file>', 'a CSV file: name, email, phone, team, and if you like hidePhone, status, notes, capacity')
    .description('create agents from a file, and change those whose e-mail is known; 1 if a row was refused')
    .addOption(new Option('--dry-run', 'only say what would come of it'))
    .addOption(new Option('--atomic', 'all rows or none; up to 10,000'))
    .addOption(new Option('--invite', 'mail an invitation to each new agent'))
    .addOption(new Option('--json', 'print what came of it as JSON'));
  addReachOptions(command).action((file: string, flags: Flags) => importAgents(file, flags));
}

async function importAgents(file: string, flags: Flags): Promise<void> {
  const csv = await openFile(file);
  const { muster, leave } = await reach(flags);
  const bar = new ProgressBar(process.stderr);
  try {
    const { dryRun = false, atomic = false, invite = false } = flags;
    const done = await muster.agents.importCsv(csv, {
      dryRun,
      atomic,
      invite,
      onProgress: ({ rows, total }) => bar.show(rows, total),
    });
    bar.clear();
    process.stdout.write(flags.json ? `${JSON.stringify(done, null, 2)}\n` : `${reportOf(done).join('\n')}\n`);
    if (done.failed > 0) process.exitCode = 1;
  } finally {
    bar.clear();
    await leave();
  }
}

/** Read piece by piece while it is sent. */
async function openFile(file: string): Promise<Blob> {
  const found = await stat(file).catch(() => null);
  if (!found?.isFile()) throw new CommandError(`There is no file ${file}`);
  return openAsBlob(file);
}
