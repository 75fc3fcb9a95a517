/** One import under way: what it counts, which errors it lists, and the lines it answers with. */
import type { PassThrough } from 'node:stream';
import type { AgentImportEvent, ImportCounts, ImportError, Problem, Receipt } from '#contracts';
import type { ImportRow, TakenPage } from '../../agents/agent-import.service.js';
import { mergeReceipts } from './merge-receipts.js';

/** As many as somebody would mend before trying again. */
const LISTED = 100;

export class ImportRun {
  counts: ImportCounts = { rows: 0, created: 0, updated: 0, unchanged: 0, failed: 0 };
  /** Teams that got agents. */
  readonly teams = new Set<string>();
  private readonly errors: ImportError[] = [];
  private readonly emails = new Set<string>();
  private receipt: Receipt | null = null;

  constructor(
    private readonly total: number,
    private readonly lines: PassThrough,
  ) {}

  /** Whether nobody listens any more. */
  get isAbandoned(): boolean {
    return this.lines.destroyed;
  }

  /** Whether an earlier row had the e-mail. */
  isRepeated({ values }: ImportRow): boolean {
    const email = values.email.toLowerCase();
    if (this.emails.has(email)) return true;
    this.emails.add(email);
    return false;
  }

  /** Counts a row that failed. */
  refuse(errors: readonly ImportError[]): void {
    this.counts.rows++;
    this.counts.failed++;
    this.errors.push(...errors.slice(0, LISTED - this.errors.length));
  }

  refuseAll(rows: readonly ImportError[][]): void {
    for (const errors of rows) this.refuse(errors);
  }

  /** Counts the rows of a page that were good, and those that a rule refused. */
  add({ created, updated, unchanged, refused, teams }: TakenPage, receipt: Receipt | null): void {
    for (const { row, ...why } of refused) this.refuse([{ line: row.line, email: row.email, ...why }]);
    for (const team of teams) this.teams.add(team);
    this.counts.rows += created + updated + unchanged;
    this.counts.created += created;
    this.counts.updated += updated;
    this.counts.unchanged += unchanged;
    this.prove(receipt);
  }

  /** Adds the proof of what was taken away. */
  prove(receipt: Receipt | null): void {
    if (receipt) this.receipt = this.receipt ? mergeReceipts(this.receipt, receipt) : receipt;
  }

  /** Nothing of what was counted is written. */
  takeBack(): void {
    Object.assign(this.counts, { created: 0, updated: 0, unchanged: 0 });
  }

  tell(): void {
    this.say({ type: 'progress', ...this.counts, total: this.total });
  }

  done(how: { dryRun: boolean; written: boolean }): void {
    this.say({ type: 'done', ...how, ...this.result() });
    this.lines.end();
  }

  failed(problem: Problem): void {
    this.say({ type: 'failed', ...this.result(), problem });
    this.lines.end();
  }

  private result() {
    const errors = this.errors.toSorted((a, b) => a.line - b.line);
    return { ...this.counts, errors, ...(this.receipt && { receipt: this.receipt }) };
  }

  /** Few and short lines: nobody waits for the reader. */
  private say(event: AgentImportEvent): void {
    if (!this.isAbandoned) this.lines.write(`${JSON.stringify(event)}\n`);
  }
}
