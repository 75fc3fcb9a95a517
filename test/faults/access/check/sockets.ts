import type { SocketLife } from '../history.js';
import type { Evidence } from './checker.js';

/** Closing is part of applying a revocation; the rest is for the client to notice on a busy machine. */
const CLOSED_WITHIN_MS = 2_000;
const ANY = ['process', 'postgres'] as const;

/** No socket outlives its revocation, unless its node can't know of it. */
export function checkSockets(evidence: Evidence): void {
  for (const life of evidence.history.sockets) {
    evidence.count('sockets followed');
    if (lostItsRight(evidence, life)) evidence.count('sockets that lost their right');
    const since = deadSince(evidence, life);
    if (since === null) continue;
    const { principal, node, namespace } = life;
    const what = `the socket on ${namespace} from port ${life.port} stayed open for more than ${CLOSED_WITHIN_MS} ms without a right to be`;
    evidence.violate({ promise: 'closing', what, at: since + CLOSED_WITHIN_MS, principal, node });
  }
}

/** Whether the right was gone soon after the socket was. */
function lostItsRight({ rights }: Evidence, { principal, needs, closedAt }: SocketLife): boolean {
  return !rights.may(principal, { permission: needs, raw: false }, closedAt + CLOSED_WITHIN_MS);
}

/** From when the socket was open for too long without a right to be; null: it never was. */
function deadSince({ history, rights, faults }: Evidence, life: SocketLife): number | null {
  const { principal, node, needs, connectedAt } = life;
  const end = Math.min(life.closedAt, history.endedAt);
  const healed = faults.of(node, ANY).map((fault) => fault.to);
  const starts = [connectedAt, ...rights.reductions(principal), ...healed].filter((t) => t >= connectedAt && t < end);
  for (const start of starts.sort((a, b) => a - b)) {
    const until = start + CLOSED_WITHIN_MS;
    if (rights.mayWithin(principal, { permission: needs, raw: false }, start, until)) continue;
    if (faults.isAtWork(node, start + 1, until, ANY)) continue;
    if (end > until) return start;
  }
  return null;
}
