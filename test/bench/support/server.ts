import type { Methods } from '../../support/processes/answer.js';
import { Child } from '../../support/processes/child.js';
import type { CpuProfile } from './profile.js';
import { type Spent, spentBetween, type Usage } from './usage.js';

/** What the module of a subject exports: `start` makes the server that is measured, in a process of its own. */
export interface ServerModule<Options = unknown> {
  start(options: Options): Promise<RunningServer>;
}

export interface RunningServer {
  /** Where it listens, on loopback. */
  port: number;
  close(): Promise<void>;
  /** What else the benchmark can ask it: see `Server.ask`. */
  methods?: Methods;
}

/** One subject of a benchmark: a server in a process of its own. */
export class Server {
  private constructor(
    private readonly child: Child,
    readonly port: number,
  ) {}

  /** Starts the `ServerModule` at `module`. */
  static async start(name: string, module: URL, options: unknown): Promise<Server> {
    const args = [module.href, JSON.stringify(options)];
    const script = new URL('./server.process.js', import.meta.url);
    const { child, ready } = await Child.start<{ port: number }>(script, name, args);
    return new Server(child, ready.port);
  }

  /** Runs `work` and says what the server's process used meanwhile. */
  async spentDuring<T>(work: () => Promise<T>): Promise<{ result: T; spent: Spent }> {
    const before = await this.child.call<Usage>('usage');
    const result = await work();
    const after = await this.child.call<Usage>('usage');
    return { result, spent: spentBetween(before, after) };
  }

  /** Runs `work` under the CPU profiler of the server's process. */
  async profileDuring(work: () => Promise<unknown>): Promise<CpuProfile> {
    await this.child.call('profile.start');
    await work();
    return this.child.call('profile.stop');
  }

  /** Calls one of the module's own methods. */
  ask<Result>(method: string, argument?: unknown): Promise<Result> {
    return this.child.call<Result>(method, argument);
  }

  /** Freezes the process, or lets it go on. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.child.signal(signal);
  }

  stop(): Promise<void> {
    return this.child.stop();
  }
}
