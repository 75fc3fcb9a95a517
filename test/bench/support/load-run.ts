import { Latencies } from './histogram.js';
import { HttpConnection } from './http-connection.js';
import type { BodySource, LoadPlan, LoadResult } from './load.js';
import { monotonicMs } from './time.js';
import { currentUsage, spentBetween } from './usage.js';

const ANSWERS_WITHIN_MS = 10_000;
const MAX_BACKLOG_SECONDS = 5;
const SHOWN = 400;

/** One run of a plan: sends, waits for what is on its way, sums up. */
export class LoadRun {
  private readonly latency = new Latencies();
  private readonly lateness = new Latencies();
  private readonly heads: readonly string[];
  private readonly idle: HttpConnection[];
  private readonly due: number[] = [];
  private readonly failed: Record<string, number> = {};
  private failure: string | null = null;
  private succeeded = 0;
  private sent = 0;
  private onTheirWay = 0;
  private end = 0;
  private allSent = false;
  private startedAtMs = 0;
  private lastAnswerAt = 0;
  private finish: () => void = () => undefined;

  constructor(
    private readonly plan: LoadPlan,
    private readonly nextBody: BodySource,
  ) {
    const ports = [plan.port].flat();
    this.heads = headsOf(plan);
    this.idle = Array.from({ length: plan.connections }, (_, n) => new HttpConnection(ports[n % ports.length] ?? 0));
  }

  async run(): Promise<LoadResult> {
    const connections = [...this.idle];
    const before = currentUsage();
    const start = performance.now();
    this.startedAtMs = monotonicMs();
    this.end = start + this.plan.seconds * 1000;
    const finished = new Promise<void>((resolve) => (this.finish = resolve));
    const timer = setTimeout(() => this.giveUp(), this.plan.seconds * 1000 + ANSWERS_WITHIN_MS);
    if (this.plan.rate) this.tick(start, 0);
    else for (const connection of connections) this.keepSending(connection);
    await finished;
    clearTimeout(timer);
    for (const connection of connections) connection.close();
    return this.sumUp(this.lastAnswerAt - start, spentBetween(before, currentUsage()));
  }

  /** Closed loop: the next request when the last one is answered. */
  private keepSending(connection: HttpConnection): void {
    this.send(connection, performance.now(), () => {
      if (performance.now() < this.end) return this.keepSending(connection);
      this.allSent = true;
      this.finishWhenAnswered();
    });
  }

  /** Open loop: sends what has become due, on whatever connection is free, first come first served. */
  private tick(start: number, sent: number): void {
    const interval = 1000 / (this.plan.rate ?? 1);
    const now = performance.now();
    let next = sent;
    for (let at = start + next * interval; at <= now && at < this.end; at = start + ++next * interval)
      this.arrive(at, now);
    const { rate = 1, maxBacklogSeconds = MAX_BACKLOG_SECONDS } = this.plan;
    if (this.due.length > maxBacklogSeconds * rate) return this.giveUp();
    this.allSent = start + next * interval >= this.end;
    if (this.allSent) this.finishWhenAnswered();
    else setTimeout(() => this.tick(start, next), 1);
  }

  private arrive(at: number, now: number): void {
    const connection = this.idle.shift();
    if (!connection) return void this.due.push(at);
    this.lateness.record(now - at);
    this.sendDue(connection, at);
  }

  private sendDue(connection: HttpConnection, at: number): void {
    this.send(connection, at, () => {
      const next = this.due.shift();
      if (next !== undefined) return this.sendDue(connection, next);
      this.idle.push(connection);
      this.finishWhenAnswered();
    });
  }

  private send(connection: HttpConnection, at: number, then: () => void): void {
    const body = this.nextBody();
    const head = this.heads[this.sent++ % this.heads.length];
    this.onTheirWay++;
    connection.send(`${head}${Buffer.byteLength(body)}\r\n\r\n${body}`, (status, answer) => {
      this.onTheirWay--;
      this.lastAnswerAt = performance.now();
      this.latency.record(this.lastAnswerAt - at);
      if (status >= 200 && status < 300) this.succeeded++;
      else this.noteFailure(status, answer.toString('utf8', 0, SHOWN));
      then();
    });
  }

  private noteFailure(status: number, text: string): void {
    this.failed[status] = (this.failed[status] ?? 0) + 1;
    this.failure ??= `${status} ${text}`;
    if (status === 0) this.end = 0;
  }

  private finishWhenAnswered(): void {
    if (this.allSent && this.onTheirWay === 0 && this.due.length === 0) this.finish();
  }

  private giveUp(): void {
    this.end = 0;
    this.noteFailure(0, `the server did not keep up: ${this.onTheirWay} unanswered, ${this.due.length} unsent`);
    this.due.length = 0;
    this.finish();
  }

  private sumUp(elapsedMs: number, spent: LoadResult['spent']): LoadResult {
    const { succeeded, failed, failure, startedAtMs } = this;
    const perSecond = (succeeded / elapsedMs) * 1000;
    const [latencyMs, latenessMs] = [this.latency.percentiles(), this.lateness.percentiles()];
    return { succeeded, failed, failure, startedAtMs, elapsedMs, perSecond, latencyMs, latenessMs, spent };
  }
}

/** Requests up to the value of their Content-Length: every path, every kind of headers. */
function headsOf({ method, path, headers }: LoadPlan): string[] {
  const [paths, kinds] = [[path].flat(), [headers].flat()];
  return Array.from({ length: Math.max(paths.length, kinds.length) }, (_, n) => {
    const own = Object.entries({ host: '127.0.0.1', ...kinds[n % kinds.length] });
    const lines = own.map(([name, value]) => `${name}: ${value}`);
    return [`${method} ${paths[n % paths.length]} HTTP/1.1`, ...lines, 'content-length: '].join('\r\n');
  });
}
