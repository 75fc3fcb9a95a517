import type { Change, Receipt } from '../history.js';
import type { Evidence, Violation } from './checker.js';

/** A lease, a tick and what a busy machine adds. */
const LONGEST_MS = 3_500;
/** Whoever takes longer has waited for a lease to end, though no node was ill. What is usual is in the report. */
const HEALTHY_MS = 3_000;
const BUSY_MS = 500;
const NUMBERS = ['sessions', 'keys', 'sockets', 'conversationsReleased', 'listsLeft', 'elapsedMs'] as const;

/** P3: a write that takes rights away answers with a receipt that says what was done, in bounded time. */
export function checkReceipts(evidence: Evidence): void {
  for (const change of evidence.history.changes) {
    if (!change.reduces || change.outcome !== 'done') continue;
    evidence.count('receipts due');
    evidence.count(`receipts of ${change.receipt?.cause ?? 'no cause'}`);
    for (const what of complaints(evidence, change)) evidence.violate(violation(change, what));
    for (const what of slowness(evidence, change)) evidence.violate({ ...violation(change, what), isTiming: true });
  }
}

function violation({ register, value, status, return: at, node }: Change, what: string): Violation {
  const text = `${register} to ${JSON.stringify(value)} answered ${status}: ${what}`;
  return { promise: 'P3', what: text, at, principal: null, node };
}

function complaints(evidence: Evidence, change: Change): string[] {
  const { receipt } = change;
  if (!receipt) return ['there is no receipt'];
  const missing = NUMBERS.filter((name) => typeof receipt[name] !== 'number').map((name) => `no ${name}`);
  if (receipt.enforcement !== 'complete') missing.push(`enforcement is ${receipt.enforcement}`);
  if (!Array.isArray(receipt.nodes)) return [...missing, 'no nodes'];
  return [...missing, ...outcomes(evidence, change, receipt.nodes)];
}

/** A node that could not run while it was written can't have applied it. */
function outcomes({ faults, count }: Evidence, change: Change, nodes: Receipt['nodes']): string[] {
  const wrong = nodes.filter(({ node }) => faults.isDown(indexOf(node), change.invoke, change.return));
  if (wrong.length > 0) count('receipts with a node that was down');
  return wrong
    .filter(({ outcome }) => outcome !== 'expired')
    .map(({ node, outcome }) => `${node} was down all the time, but is ${outcome}`);
}

function slowness({ faults, history, count }: Evidence, change: Change): string[] {
  const { invoke, node } = change;
  const took = (change.repliedAt ?? change.return) - invoke;
  if (faults.isAtWork(node, invoke, change.return, ['process', 'postgres'])) return [];
  const others = history.faults.filter((fault) => fault.part !== 'redis');
  const atWork = others.filter((fault) => fault.from <= change.return && fault.to + LONGEST_MS >= invoke);
  const bound = atWork.length === 0 ? HEALTHY_MS : LONGEST_MS + BUSY_MS;
  count(atWork.length === 0 ? 'receipts in health' : 'receipts during faults');
  const waited = change.receipt?.elapsedMs ?? took;
  if (waited > bound) return [`it waited ${waited} ms for the nodes, more than ${bound}`];
  return took > bound ? [`it took ${Math.round(took)} ms, more than ${bound}`] : [];
}

/** Nodes are named `node-INDEX`. */
function indexOf(name: string): number {
  return Number(name.replace('node-', ''));
}
