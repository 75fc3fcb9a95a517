/**
 * The import of an agents' file: received whole, looked through, then taken a page at a time.
 *
 * Who calls: the route. Guaranteed: a file that is wrong as a whole is refused before anything is written; each page
 * is one transaction (an atomic import is one altogether), made under rights that the caller has at that moment; what
 * an event counts as written is written, and what it took away is gone everywhere. Nothing is promised of what no
 * event counts: the answer may be cut off after a commit. When the caller hangs up, the import ends after its page.
 */
import { PassThrough, type Readable } from 'node:stream';
import { Injectable, Logger } from '@nestjs/common';
import type { ImportError } from '#contracts';
import { Authenticator } from '../../access/authenticator.js';
import { type Authority, requirePermission } from '../../access/authority.js';
import { AgentImport, type ImportRow, type TakenPage } from '../../agents/agent-import.service.js';
import { Database } from '../../platform/database/database.js';
import { toProblemException, violates } from '../../platform/errors/to-problem.js';
import { Mailer } from '../../platform/mail/mailer.js';
import { countRows, pagesOf } from './csv-pages.js';
import type { CsvRow } from './csv-rows.js';
import { CsvUpload } from './csv-upload.js';
import { disturbed, noMail, oneAtATime, repeated } from './import.problems.js';
import type { ImportQuery } from './import.query.js';
import { ImportRun } from './import-run.js';
import { checkRow } from './import-row.js';
import { findTeams } from './import-teams.queries.js';

const MAX_ROWS = 100_000;
/** All of it is locked until it is done. */
const MAX_ATOMIC_ROWS = 10_000;
/** Rows that are checked before others have their turn. */
const BREATH = 50;
/** How often a page is taken again in which somebody else made an agent meanwhile. */
const TRIES = 3;

/** The rows that may be taken, and for each of the others what is wrong with it. */
interface CheckedPage {
  good: ImportRow[];
  bad: ImportError[][];
}

/** Thrown to take back an atomic import in which a row failed. */
class Undone extends Error {}

@Injectable()
export class ImportsService {
  private readonly logger = new Logger('Import');
  private readonly running = new Set<string>();

  constructor(
    private readonly database: Database,
    private readonly agents: AgentImport,
    private readonly authenticator: Authenticator,
    private readonly mailer: Mailer,
  ) {}

  /** Receives the file and begins. The events come as lines of JSON. 413, 415, 422, and 429 while another import runs. */
  async start(caller: Authority, body: unknown, query: ImportQuery, requestId: string): Promise<Readable> {
    const { workspaceId } = caller;
    if (this.running.has(workspaceId)) throw oneAtATime();
    if (query.invite && !this.mailer.reachesPeople) throw noMail();
    this.running.add(workspaceId);
    let upload: CsvUpload | null = null;
    try {
      upload = await CsvUpload.receive(body);
      const total = await countRows(upload, query.atomic ? MAX_ATOMIC_ROWS : MAX_ROWS);
      const lines = new PassThrough();
      void this.run(caller, upload, query, new ImportRun(total, lines), requestId);
      return lines;
    } catch (error) {
      await this.end(workspaceId, upload);
      throw error;
    }
  }

  private async run(
    caller: Authority,
    upload: CsvUpload,
    query: ImportQuery,
    run: ImportRun,
    requestId: string,
  ): Promise<void> {
    const { dryRun, atomic } = query;
    try {
      if (atomic && !dryRun) await this.takeAtOnce(caller, upload, run, query);
      else await this.takeInPages(caller, upload, run, query);
      run.done({ dryRun, written: !dryRun && !(atomic && run.counts.failed > 0) });
    } catch (error) {
      const problem = toProblemException(error);
      if (problem.code === 'internal_error') this.logger.error({ err: error, requestId }, 'an import failed');
      run.failed(problem.toProblem(requestId));
    } finally {
      await this.end(caller.workspaceId, upload);
    }
  }

  private async takeInPages(caller: Authority, upload: CsvUpload, run: ImportRun, query: ImportQuery): Promise<void> {
    const { workspaceId } = caller;
    try {
      await this.takeEach(caller, upload, run, query);
    } finally {
      if (!query.dryRun) {
        await this.database.transaction(workspaceId, (em) => this.agents.syncTeams(em, workspaceId, run.teams));
      }
    }
  }

  /** While PostgreSQL takes a page, the next one is read and checked. */
  private async takeEach(caller: Authority, upload: CsvUpload, run: ImportRun, query: ImportQuery): Promise<void> {
    let taking: Promise<void> = Promise.resolve();
    try {
      for await (const rows of pagesOf(upload)) {
        const page = await this.check(caller.workspaceId, rows, run);
        await taking;
        if (run.isAbandoned) return;
        taking = this.takeNext(caller, page, run, query);
        taking.catch(() => undefined);
      }
    } finally {
      await taking;
    }
  }

  private async takeNext(caller: Authority, { good, bad }: CheckedPage, run: ImportRun, query: ImportQuery) {
    const page = await this.takePage(await this.reread(caller), good, query);
    const receipt = query.dryRun ? null : await this.agents.settle([page]);
    run.refuseAll(bad);
    run.add(page, receipt);
    run.tell();
  }

  private async takePage(caller: Authority, rows: ImportRow[], { dryRun, invite }: ImportQuery): Promise<TakenPage> {
    const transaction = dryRun ? 'rehearse' : 'transaction';
    for (let tries = TRIES; ; tries--) {
      try {
        return await this.database[transaction](caller.workspaceId, (em) => this.agents.take(em, caller, rows, invite));
      } catch (error) {
        if (tries <= 1 || !violates(error, 'agent_email')) throw disturbed(error);
      }
    }
  }

  /** One transaction: what is counted before its end is only what would be. */
  private async takeAtOnce(
    caller: Authority,
    upload: CsvUpload,
    run: ImportRun,
    { invite }: ImportQuery,
  ): Promise<void> {
    const taken: TakenPage[] = [];
    const current = await this.reread(caller);
    try {
      await this.database.transaction(caller.workspaceId, async (em) => {
        for await (const rows of pagesOf(upload)) {
          const { good, bad } = await this.check(caller.workspaceId, rows, run);
          const page = await this.agents.take(em, current, good, invite);
          taken.push(page);
          run.refuseAll(bad);
          run.add(page, null);
          if (run.isAbandoned) throw new Undone();
        }
        if (run.counts.failed > 0) throw new Undone();
        await this.agents.syncTeams(em, caller.workspaceId, run.teams);
      });
    } catch (error) {
      if (error instanceof Undone) return;
      run.takeBack();
      throw disturbed(error);
    }
    run.prove(await this.agents.settle(taken));
  }

  /** Whoever lost the right to it since the last page imports no more. */
  private async reread(caller: Authority): Promise<Authority> {
    const current = await this.authenticator.reread(caller.credential);
    requirePermission(current, 'agents.manage');
    return current;
  }

  private async check(workspaceId: string, rows: CsvRow[], run: ImportRun): Promise<CheckedPage> {
    const named = rows.map((row) => row.cells.team ?? '');
    const teams = await findTeams(this.database.of(workspaceId), workspaceId, named);
    const page: CheckedPage = { good: [], bad: [] };
    for (const [index, row] of rows.entries()) {
      if (index % BREATH === BREATH - 1) await new Promise(setImmediate);
      const checked = await checkRow(row, teams);
      if (Array.isArray(checked)) page.bad.push(checked);
      else if (run.isRepeated(checked)) page.bad.push([repeated(checked)]);
      else page.good.push(checked);
    }
    return page;
  }

  private async end(workspaceId: string, upload: CsvUpload | null): Promise<void> {
    this.running.delete(workspaceId);
    await upload?.close();
  }
}
