import { AsyncLocalStorage } from 'node:async_hooks';
import type { EntityManager } from '@mikro-orm/postgresql';

/** Runs at the beginning of a transaction, and throws to undo it. */
export type InTransaction = (em: EntityManager) => Promise<void>;

interface RequestContext {
  requestId: string;
  inTransaction: InTransaction | null;
}

/** The request being served, for what happens deep below it (audit entries, logs, transactions). */
const current = new AsyncLocalStorage<RequestContext>();

/** Runs `work` as part of the request. */
export function withRequest<T>(requestId: string, work: () => T): T {
  return current.run({ requestId, inTransaction: null }, work);
}

/** The id of the request being served; null outside of one. */
export function currentRequestId(): string | null {
  return current.getStore()?.requestId ?? null;
}

/** From now on `work` is done in each transaction of the request being served; null: nothing is. */
export function joinTransactions(work: InTransaction | null): void {
  const context = current.getStore();
  if (context) context.inTransaction = work;
}

/** What is to be done in a transaction of the request being served. */
export function inTransaction(em: EntityManager): Promise<void> {
  return current.getStore()?.inTransaction?.(em) ?? Promise.resolve();
}

/** What the request being served wants done in its transaction, for whoever writes it in a transaction of others. */
export function joined(): InTransaction | null {
  return current.getStore()?.inTransaction ?? null;
}

/** Runs `work` on behalf of no request, or of several. */
export function withoutRequest<T>(work: () => T): T {
  return current.exit(work);
}
