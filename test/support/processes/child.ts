/**
 * A process of one's own, and calls to it.
 *
 * Who calls: benchmarks and fault suites; the other end is `answer.ts`. Guaranteed: `start` resolves when the process
 * has answered that it is ready, with what it said; a call is answered or fails, also when the process dies; after
 * `stop` it is gone. Must never happen: a child that outlives who started it (it ends when this channel closes).
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';

export interface Call {
  id: number;
  method: string;
  argument: unknown;
}

export type Answer = { id: number; result: unknown } | { id: number; failure: string };

const STOP_WITHIN_MS = 10_000;
const READY = 0;

interface Pending {
  resolve: (result: unknown) => void;
  reject: (error: Error) => void;
}

export class Child {
  private readonly pending = new Map<number, Pending>();
  private lastId = READY;
  private stopping = false;

  private constructor(
    private readonly process: ChildProcess,
    private readonly name: string,
  ) {
    process.on('message', (answer) => this.settle(answer as Answer));
    process.once('exit', (code, signal) => this.fail(`the process ended by itself (${signal ?? `exit ${code}`})`));
    process.once('error', (error) => this.fail(error.message));
  }

  /** Starts `script` with `args`; what it answers when ready is `ready`. */
  static async start<Ready>(script: URL, name: string, args: string[]): Promise<{ child: Child; ready: Ready }> {
    const forked = fork(script, args, {
      execArgv: [],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const child = new Child(forked, name);
    const ready = await child.answerTo<Ready>(READY);
    return { child, ready };
  }

  async call<Result>(method: string, argument?: unknown): Promise<Result> {
    if (!this.process.connected) throw new Error(`${this.name}: it has ended, and can't be asked for ${method}`);
    const id = ++this.lastId;
    const answer = this.answerTo<Result>(id);
    this.process.send({ id, method, argument } satisfies Call);
    return answer;
  }

  /** Freezes it, or lets it go on. A frozen one answers no call. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.process.kill(signal);
  }

  /** Asks it to end, and sees to it. */
  async stop(): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    this.stopping = true;
    const exited = once(this.process, 'exit');
    if (this.process.connected) this.process.disconnect();
    const timer = setTimeout(() => this.process.kill('SIGKILL'), STOP_WITHIN_MS);
    await exited;
    clearTimeout(timer);
  }

  private answerTo<Result>(id: number): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.pending.set(id, { resolve: (result) => resolve(result as Result), reject });
    });
  }

  private settle(answer: Answer): void {
    const pending = this.pending.get(answer.id);
    this.pending.delete(answer.id);
    if ('failure' in answer) pending?.reject(new Error(`${this.name}: ${answer.failure}`));
    else pending?.resolve(answer.result);
  }

  private fail(reason: string): void {
    if (this.stopping) return;
    for (const { reject } of this.pending.values()) reject(new Error(`${this.name}: ${reason}`));
    this.pending.clear();
  }
}
