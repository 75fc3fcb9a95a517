import { type ChildProcess, spawn, spawnSync, type StdioOptions } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { endProcess, identify, isAlive, type ProcessIdentity, type StopStep } from './process-identity.js';

/** What a launcher starts, and how it is ended. */
export interface ChildSpec {
  /** As people call it, for messages. */
  name: string;
  command: readonly [string, ...string[]];
  /** A command that becomes `command` after changing who runs it (`unshare …`, `setpriv …`). */
  becoming?: readonly string[];
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  uid?: number;
  gid?: number;
  stdio: StdioOptions;
  /** How to stop it: signal by signal. The first is also what it gets when its launcher is killed. */
  stop: readonly [StopStep, ...StopStep[]];
  /** Where its identity is kept, so that a later launcher finds it should this one be killed. */
  record: string;
}

/** How a child ended. */
export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
  /** Set when it could not be started at all. */
  error?: string;
}

/**
 * A child process of a launcher.
 *
 * It is in a process group of its own, so that a terminal's Ctrl-C reaches only the launcher, which ends its children
 * in their order. Where the platform can do it, the kernel ends it with its launcher, whatever ends that one; where
 * not, the record lets the next launcher end it (`endRecorded`).
 */
export class SupervisedChild {
  /** Resolves when the child has ended; never rejects. */
  readonly exited: Promise<Exit>;
  private readonly identity: ProcessIdentity | null;
  private hasEnded = false;

  private constructor(
    readonly spec: ChildSpec,
    private readonly child: ChildProcess,
  ) {
    this.exited = new Promise<Exit>((resolve) => {
      child.once('error', (error) => resolve({ code: null, signal: null, error: error.message }));
      child.once('exit', (code, signal) => resolve({ code, signal }));
    }).finally(() => this.forget());
    this.identity = child.pid === undefined ? null : identify(child.pid);
    if (this.identity) writeFileSync(spec.record, JSON.stringify(this.identity), { mode: 0o600 });
  }

  static start(spec: ChildSpec): SupervisedChild {
    const [command, ...args] = chainOf(spec);
    const { env, cwd, uid, gid, stdio } = spec;
    return new SupervisedChild(spec, spawn(command, args, { env, cwd, uid, gid, stdio, detached: true }));
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  get running(): boolean {
    return !this.hasEnded;
  }

  /** Ends it in bounded time. */
  async stop(): Promise<void> {
    const gone = !this.identity || (await endProcess(this.identity, this.spec.stop));
    if (gone) await this.exited;
  }

  private forget(): void {
    this.hasEnded = true;
    rmSync(this.spec.record, { force: true });
  }
}

/**
 * Ends what an earlier launcher left running. Only to be called by who holds the data folder: then whatever the record
 * names has lost its launcher. Answers the pid of one that can't be ended.
 */
export async function endRecorded(record: string, steps: readonly StopStep[]): Promise<number | null> {
  const identity = readRecord(record);
  if (identity && isAlive(identity) && !(await endProcess(identity, steps))) return identity.pid;
  rmSync(record, { force: true });
  return null;
}

/** How a child ended, in words. */
export function describeExit(exit: Exit): string {
  if (exit.error) return `could not be started: ${exit.error}`;
  return exit.signal ? `ended by ${exit.signal}` : `ended with code ${exit.code}`;
}

function readRecord(file: string): ProcessIdentity | null {
  try {
    const { pid, started } = JSON.parse(readFileSync(file, 'utf8')) as Partial<ProcessIdentity>;
    return typeof pid === 'number' && typeof started === 'string' ? { pid, started } : null;
  } catch {
    return null;
  }
}

/**
 * The whole chain of commands, each of which becomes the next. The signal on the parent's end is asked for last,
 * because a change of user clears it; and not at all where setpriv is missing (macOS) or too old to know the option.
 */
function chainOf({ becoming = [], command, stop }: ChildSpec): [string, ...string[]] {
  const ending = canEndWithParent() ? ['setpriv', '--pdeathsig', stop[0].signal.replace(/^SIG/, ''), '--'] : [];
  const [first = '', ...rest] = [...becoming, ...ending, ...command];
  return [first, ...rest];
}

let endsWithParent: boolean | undefined;

function canEndWithParent(): boolean {
  endsWithParent ??= spawnSync('setpriv', ['--pdeathsig', 'TERM', '--', 'true'], { stdio: 'ignore' }).status === 0;
  return endsWithParent;
}
