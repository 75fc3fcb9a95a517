import { styleText } from 'node:util';
import type { ImportDone, ImportError } from '#contracts';

const SHOWN = 20;

/** What came of an import, for people: the refused rows, then the sums. */
export function reportOf(done: ImportDone): string[] {
  const shown = done.errors.slice(0, SHOWN);
  const lines = shown.map(lineOf);
  const listed = new Set(shown.map(({ line }) => line)).size;
  if (done.failed > listed) lines.push(`  … and ${amount(done.failed - listed, 'more row')} (--json lists a hundred)`);
  if (lines.length > 0) lines.push('');
  return [...lines, sumOf(done), ...receiptOf(done), ...adviceOf(done)];
}

function lineOf({ line, email, column, code, detail }: ImportError): string {
  const where = column ? `${email || 'no e-mail'}, ${column}` : email || 'no e-mail';
  return `${paint('red', '✖')} line ${line} (${where}): ${detail} [${code}]`;
}

function sumOf({ dryRun, written, created, updated, unchanged, failed }: ImportDone): string {
  const would = written ? '' : 'would be ';
  const mark = failed > 0 ? paint('yellow', '–') : paint('green', '✔');
  const parts = [
    `${created} ${would}created`,
    `${updated} ${would}changed`,
    `${unchanged} as they were`,
    `${failed} refused`,
  ];
  const how = dryRun ? 'Dry run: ' : '';
  return `${mark} ${how}${parts.join(', ')}.`;
}

function receiptOf({ receipt }: ImportDone): string[] {
  if (!receipt) return [];
  const { sessions, sockets, conversationsReleased, enforcement } = receipt;
  const ended = [
    amount(sessions, 'session'),
    amount(sockets, 'socket'),
    `${amount(conversationsReleased, 'conversation')} released`,
  ];
  const how = enforcement === 'complete' ? 'on every node' : 'but some node could not confirm it yet';
  return [`  Rights were taken away ${how}: ${ended.join(', ')}.`];
}

function adviceOf({ dryRun, written, failed }: ImportDone): string[] {
  if (dryRun) return ['  Nothing was written.'];
  if (!written) return ['  Nothing was written, for a row was refused: mend the file and import it again.'];
  return failed > 0 ? ['  Mend those rows and import the file again: what is done stays as it is.'] : [];
}

function amount(count: number, what: string): string {
  return `${count.toLocaleString('en')} ${what}${count === 1 ? '' : 's'}`;
}

function paint(colour: 'red' | 'green' | 'yellow', text: string): string {
  return styleText(colour, text, { stream: process.stdout });
}
