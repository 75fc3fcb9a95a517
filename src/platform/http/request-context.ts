import { AsyncLocalStorage } from 'node:async_hooks';

/** The request being served, for what is written deep below it (audit entries, logs). */
const current = new AsyncLocalStorage<{ requestId: string }>();

/** Runs `work` as part of the request. */
export function withRequest<T>(requestId: string, work: () => T): T {
  return current.run({ requestId }, work);
}

/** The id of the request being served; null outside of one. */
export function currentRequestId(): string | null {
  return current.getStore()?.requestId ?? null;
}
