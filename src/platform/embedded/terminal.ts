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

/**
 * Aborted when the launcher is asked to end: by Ctrl-C, `kill`, a closed terminal, or the end of a parent that talks
 * to it over IPC. Asking again changes nothing: stopping takes bounded time anyway.
 */
export function stopRequests(): AbortSignal {
  const controller = new AbortController();
  const stop = () => controller.abort();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
  if (process.connected) process.once('disconnect', stop);
  return controller.signal;
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
export function runLauncher(launch: (stop: AbortSignal) => Promise<number>): void {
  surviveClosedOutput();
  const fail = (error: unknown) => {
    complain(messageOf(error));
    process.exit(1);
  };
  process.on('uncaughtException', fail);
  launch(stopRequests()).then((code) => process.exit(code), fail);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
