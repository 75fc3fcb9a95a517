import { LaunchCancelled } from './launch.error.js';

/** What the person at the terminal reads: plain lines, so that they can also be read by programs. */

export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

export function complain(message: string): void {
  process.stderr.write(`${message}\n`);
}

/** A finished step with its time, in the form of the set-up's own lines. */
export function sayStep(label: string, elapsedMs: number): void {
  complain(`  ${label} … ${(elapsedMs / 1000).toFixed(1)} s`);
}

/** A reader that goes away (`npm start | head`) must not take the children's only supervisor with it. */
export function surviveClosedOutput(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
}

/** Told to the person when another launcher has to leave first. */
export function sayWaiting(pid: number): void {
  complain(`  waiting for the Muster that is just stopping (process ${pid})`);
}

/**
 * Aborted when the launcher is asked to end: by Ctrl-C, `kill`, a closed terminal, or the end of its parent. Asking
 * again changes nothing: stopping takes bounded time anyway.
 */
export function stopRequests(parentIsNpm: boolean): AbortSignal {
  const controller = new AbortController();
  const stop = () => controller.abort();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
  if (process.connected) process.once('disconnect', stop);
  if (parentIsNpm) watchParent(stop);
  return controller.signal;
}

/** npm passes signals on, but it can't pass on that it was killed. */
function watchParent(onEnd: () => void): void {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    onEnd();
  }, 200);
  timer.unref();
}

/** Resolves once the signal is aborted. */
export function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

/**
 * Runs a launcher to its end and leaves with its exit code. What it did not foresee is told as well, and whatever
 * children are then left end with this process or with the next start.
 */
export function runLauncher(env: NodeJS.ProcessEnv, launch: (stop: AbortSignal) => Promise<number>): void {
  surviveClosedOutput();
  const fail = (error: unknown) => {
    if (error instanceof LaunchCancelled) process.exit(0);
    complain(messageOf(error));
    process.exit(1);
  };
  process.on('uncaughtException', fail);
  launch(stopRequests(Boolean(env['npm_lifecycle_event']))).then((code) => process.exit(code), fail);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
