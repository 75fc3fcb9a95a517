import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** A process, told apart from a later one that was given the same pid. */
export interface ProcessIdentity {
  pid: number;
  started: string;
}

/** A signal, and how long to wait for its effect before the next one. */
export interface StopStep {
  signal: NodeJS.Signals;
  patienceMs: number;
}

/** The living process with this pid, or null. One that has ended but was not yet collected does not live. */
export function identify(pid: number): ProcessIdentity | null {
  try {
    const started = process.platform === 'linux' ? startedOnLinux(pid) : startedElsewhere(pid);
    return started === null ? null : { pid, started };
  } catch {
    return null;
  }
}

export function isAlive(identity: ProcessIdentity): boolean {
  return identify(identity.pid)?.started === identity.started;
}

/** The command line of a process, empty when there is none or it may not be seen. */
export function commandLineOf(pid: number): string {
  try {
    if (process.platform === 'linux') return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
  } catch {
    return '';
  }
}

/**
 * Ends a process: one signal after the other until it is gone. Each signal is sent only while the identity still
 * holds, so that no stranger is ever hit. Answers whether it is gone.
 */
export async function endProcess(identity: ProcessIdentity, steps: readonly StopStep[]): Promise<boolean> {
  for (const { signal, patienceMs } of steps) {
    if (!isAlive(identity)) return true;
    try {
      process.kill(identity.pid, signal);
    } catch {
      return !isAlive(identity);
    }
    if (await isGoneWithin(identity, patienceMs)) return true;
  }
  return !isAlive(identity);
}

async function isGoneWithin(identity: ProcessIdentity, patienceMs: number): Promise<boolean> {
  const deadline = performance.now() + patienceMs;
  while (isAlive(identity)) {
    if (performance.now() > deadline) return false;
    await sleep(10);
  }
  return true;
}

/** Clock ticks since boot, and which boot: a container or machine that restarts hands out the same pids again. */
function startedOnLinux(pid: number): string | null {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const [state, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').slice(0, 8);
  return state === 'Z' || state === 'X' ? null : `${boot}-${rest[18]}`;
}

function startedElsewhere(pid: number): string | null {
  const [state = '', ...started] = execFileSync('ps', ['-o', 'state=,lstart=', '-p', String(pid)], { encoding: 'utf8' })
    .trim()
    .split(/\s+/);
  return state.startsWith('Z') ? null : String(Date.parse(started.join(' ')));
}
