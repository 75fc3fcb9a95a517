/**
 * The inner end of `Child`: answers calls, and ends this process when who started it lets go of it.
 */
import type { Answer, Call } from './child.js';

export type Methods = Record<string, (argument: unknown) => unknown>;

/** Nobody may be left who would end it. */
const CLOSE_WITHIN_MS = 20_000;

/** Says that this process is ready, and answers calls from then on; `close` is called before it ends. */
export function answerCalls(methods: Methods, close: () => Promise<void>, ready?: unknown): void {
  process.on('message', (call) => void answer(methods, call as Call));
  process.once('disconnect', () => {
    setTimeout(() => process.exit(1), CLOSE_WITHIN_MS).unref();
    void close().finally(() => process.exit(0));
  });
  // Ctrl-C reaches the whole group of processes; who started this one decides when it ends.
  process.on('SIGINT', () => undefined);
  tell({ id: 0, result: ready });
}

/** Says that this process can't be started, and ends it. */
export function refuse(error: unknown): void {
  process.send?.({ id: 0, failure: explain(error) } satisfies Answer, () => process.exit(1));
}

async function answer(methods: Methods, { id, method, argument }: Call): Promise<void> {
  try {
    const call = methods[method];
    if (!call) throw new Error(`there is no method ${method}`);
    tell({ id, result: await call(argument) });
  } catch (error) {
    tell({ id, failure: explain(error) });
  }
}

function tell(message: Answer): void {
  if (process.connected) process.send?.(message);
}

function explain(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
