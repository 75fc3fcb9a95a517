/**
 * Commits the requests of many callers together.
 *
 * Who calls: the writers of interactions, and of who is connected. Guaranteed: a caller's promise settles after the
 * statement that holds its request has committed or failed; requests start in the order they came; one that can't be
 * committed fails alone (its group is run again one by one); a deadlock or a serialisation failure is tried again.
 * While statements are under way callers wait and form the next group, so the more there is to do the less each costs;
 * a caller that finds nothing under way does not wait for others. Must never happen: a queue without an end —
 * beyond `maxWaiting` a caller is refused with 429 and may come again.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { ProblemException } from '../errors/problem.exception.js';
import { toProblemException } from '../errors/to-problem.js';

export interface GroupCommitOptions<Request, Result> {
  /** Commits the requests in one transaction; results are in their order. May be called again with the same ones. */
  commit: (requests: Request[]) => Promise<Result[]>;
  /** How many rows a request brings. */
  rowsOf: (request: Request) => number;
  /** Transactions at a time. */
  maxInFlight: number;
  /** Rows in one transaction, unless a single request brings more. */
  maxRows: number;
  /** Rows that may wait. */
  maxWaiting: number;
}

interface Waiting<Request, Result> {
  request: Request;
  rows: number;
  resolve: (result: Result) => void;
  reject: (error: unknown) => void;
}

const ATTEMPTS = 5;
const AGAIN = new Set(['40001', '40P01']);
const BACKOFF_MS = 20;

export class GroupCommit<Request, Result> {
  private waiting: Waiting<Request, Result>[] = [];
  private waitingRows = 0;
  private inFlight = 0;
  private scheduled = false;

  constructor(private readonly options: GroupCommitOptions<Request, Result>) {}

  /** Resolves with the request's result once it is committed. */
  submit(request: Request): Promise<Result> {
    const rows = this.options.rowsOf(request);
    if (this.waitingRows > 0 && this.waitingRows + rows > this.options.maxWaiting) return Promise.reject(tooMany());
    return new Promise((resolve, reject) => {
      this.waiting.push({ request, rows, resolve, reject });
      this.waitingRows += rows;
      this.schedule();
    });
  }

  private schedule(): void {
    if (this.scheduled || this.inFlight >= this.options.maxInFlight || this.waiting.length === 0) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      void this.run(this.take());
    });
  }

  private take(): Waiting<Request, Result>[] {
    let rows = 0;
    const end = this.waiting.findIndex((caller, index) => (rows += caller.rows) > this.options.maxRows && index > 0);
    const group = end < 0 ? this.waiting : this.waiting.slice(0, end);
    this.waiting = end < 0 ? [] : this.waiting.slice(end);
    this.waitingRows -= group.reduce((sum, caller) => sum + caller.rows, 0);
    return group;
  }

  private async run(group: Waiting<Request, Result>[]): Promise<void> {
    this.inFlight++;
    this.schedule();
    try {
      await this.settle(group);
    } finally {
      this.inFlight--;
      this.schedule();
    }
  }

  private async settle(group: Waiting<Request, Result>[]): Promise<void> {
    try {
      const results = await this.commit(group.map((caller) => caller.request));
      group.forEach((caller, index) => caller.resolve(results[index]));
    } catch (error) {
      if (group.length === 1 || isUnavailable(error)) for (const caller of group) caller.reject(error);
      else for (const caller of group) await this.settle([caller]);
    }
  }

  private async commit(requests: Request[]): Promise<Result[]> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.options.commit(requests);
      } catch (error) {
        if (attempt === ATTEMPTS || !AGAIN.has(String((error as { code?: unknown }).code))) throw error;
        await pause(Math.random() * BACKOFF_MS * attempt);
      }
    }
  }
}

function isUnavailable(error: unknown): boolean {
  return toProblemException(error).code === 'database_unavailable';
}

function tooMany(): ProblemException {
  return new ProblemException('too_many_requests', 'More comes in than can be stored right now; send it again.', {
    retryAfter: 1,
  });
}
