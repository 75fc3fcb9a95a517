import type { Evidence } from './checker.js';

/** P1: what succeeded was allowed at some moment between its invocation and its answer. */
export function checkOperations({ history, rights, violate, count }: Evidence): void {
  for (const operation of history.operations) {
    const { principal, kind, node, needs, invoke, raw, ok, code } = operation;
    count(ok ? 'operations that succeeded' : 'operations that were refused or failed');
    if (!ok) continue;
    const end = Math.min(operation.return, history.endedAt);
    const mayDo = rights.mayWithin(principal, { permission: needs, raw: false }, invoke, end);
    if (mayDo && (!raw || rights.mayWithin(principal, { permission: needs, raw: true }, invoke, end))) continue;
    const beyond = mayDo ? 'with a raw number, after Hide Phone was on' : 'after the right was taken away';
    violate({ promise: 'P1', what: `${kind} succeeded (${code}) ${beyond}`, at: end, principal, node });
  }
}
