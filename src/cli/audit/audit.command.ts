import { styleText } from 'node:util';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type pg from 'pg';
import { ownVariables } from '../../platform/config/read-environment.js';
import { CommandError } from '../explain.js';
import type { Verdict } from './verify.js';

interface Flags {
  workspace?: string;
  databaseUrl?: string;
  expect?: string;
  json?: boolean;
  dataDir?: string;
}

const PROGRESS_EVERY_MS = 100;

/** Adds `muster audit …`. */
export function registerAudit(program: Command): void {
  program
    .command('audit')
    .description('the log of who changed what')
    .command('verify')
    .description(
      'follow the chain of hashes of every workspace and find what was changed, deleted or added; 1 if anything was',
    )
    .addOption(new Option('--workspace <slug>', 'only this workspace'))
    .addOption(
      new Option(
        '--expect <hash>',
        'a head that was printed earlier and kept elsewhere: it has to be in the chain',
      ).argParser(toHash),
    )
    .addOption(new Option('--database-url <url>', 'PostgreSQL; by default DATABASE_URL, or the embedded one'))
    .addOption(new Option('--data-dir <folder>', 'data folder of the embedded services').env('MUSTER_DATA_DIR'))
    .addOption(new Option('--json', 'print what was found as JSON'))
    .action((flags: Flags) => verify(flags));
}

async function verify(flags: Flags): Promise<void> {
  // Loaded for this command alone: others start at once.
  const { verifyChains } = await import('./verify.js');
  const client = await connect(flags);
  try {
    const verdicts = await verifyChains(client, {
      workspace: flags.workspace,
      expected: flags.expect,
      onProgress: process.stderr.isTTY ? progress() : undefined,
    });
    const intact = verdicts.every(({ broken }) => !broken);
    if (flags.json) process.stdout.write(`${JSON.stringify({ ok: intact, workspaces: verdicts }, null, 2)}\n`);
    else process.stdout.write(`${report(verdicts)}\n\n${conclusion(verdicts)}\n`);
    if (!intact) process.exitCode = 1;
  } catch (error) {
    if ((error as { code?: string }).code !== '42P01') throw error;
    throw new CommandError('This database has no audit chain yet: start this version of Muster once, it makes it');
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function connect({ databaseUrl, dataDir }: Flags): Promise<pg.Client> {
  const [{ default: pg }, { subjectOf }] = await Promise.all([import('pg'), import('../doctor/subject.js')]);
  const given = {
    ...ownVariables(),
    ...(databaseUrl ? { DATABASE_URL: databaseUrl } : {}),
    ...(dataDir ? { MUSTER_DATA_DIR: dataDir } : {}),
  };
  const subject = subjectOf(given);
  if (!subject.databaseUrl) {
    const wrong = subject.wrong.get('DATABASE_URL');
    throw new CommandError(wrong ?? 'No PostgreSQL is known: give --database-url or DATABASE_URL, or run `npm start`');
  }
  const client = new pg.Client({ connectionString: subject.databaseUrl, connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return client;
  } catch (error) {
    const { code = 'no answer' } = error as { code?: string };
    throw new CommandError(`PostgreSQL does not let us in (${code}); \`muster doctor\` says why`);
  }
}

function toHash(text: string): string {
  if (/^[0-9a-f]{64}$/i.test(text)) return text.toLowerCase();
  throw new InvalidArgumentError('Give the 64 hex digits after "head".');
}

/** One line that is written over, for people who wait. */
function progress(): (workspace: string, done: number, all: number) => void {
  let shown = 0;
  return (workspace, done, all) => {
    const isOver = done >= all;
    if (!isOver && Date.now() - shown < PROGRESS_EVERY_MS) return;
    shown = Date.now();
    const line = `${workspace}  ${count(done)} of ${count(all)} entries`;
    process.stderr.write(isOver ? '\r\u001b[K' : `\r\u001b[K${line}`);
  };
}

function report(verdicts: readonly Verdict[]): string {
  const width = Math.max(0, ...verdicts.map(({ workspace }) => workspace.length));
  return verdicts.flatMap((verdict) => linesOf(verdict, width)).join('\n');
}

function linesOf({ workspace, entries, head, broken }: Verdict, width: number): string[] {
  const mark = styleText(broken ? 'red' : 'green', broken ? '✖' : '✔', { stream: process.stdout });
  const line = (text: string) => `${mark} ${workspace.padEnd(width)}  ${text}`;
  if (!broken) return [line(`${count(entries)} ${entries === 1 ? 'entry' : 'entries'}, intact, head ${head.hash}`)];
  const where = [broken.seq === null ? '' : `entry ${broken.seq}`, broken.id ? `(${broken.id})` : ''];
  return [
    line(`broken at ${where.filter(Boolean).join(' ')}: ${broken.detail}`),
    `${' '.repeat(width + 4)}→ ${count(entries)} before it are intact, up to head ${head.hash}`,
  ];
}

function conclusion(verdicts: readonly Verdict[]): string {
  const broken = verdicts.filter((verdict) => verdict.broken).length;
  if (broken === 0)
    return 'Nothing was changed. Keep a head elsewhere: --expect finds it again, or notices that it is gone.';
  return `Somebody changed the audit log of ${broken === 1 ? 'one workspace' : `${broken} workspaces`} past Muster.`;
}

function count(number: number): string {
  return number.toLocaleString('en-US');
}
