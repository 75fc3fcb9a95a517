import type { Receipt, ReceiptNode } from '#contracts';

const WORST: readonly ReceiptNode['outcome'][] = ['applied', 'expired', 'unconfirmed'];

/** Two receipts of one write as one: what ended is added up, and each node obeyed no better than it did worst. */
export function mergeReceipts(first: Receipt, second: Receipt): Receipt {
  const nodes = new Map<string, ReceiptNode>();
  for (const node of [...first.nodes, ...second.nodes]) nodes.set(node.node, mergeNodes(nodes.get(node.node), node));
  return {
    ...first,
    revision: second.revision ?? first.revision,
    sessions: first.sessions + second.sessions,
    keys: first.keys + second.keys,
    sockets: first.sockets + second.sockets,
    conversationsReleased: first.conversationsReleased + second.conversationsReleased,
    listsLeft: first.listsLeft + second.listsLeft,
    nodes: [...nodes.values()],
    elapsedMs: Math.max(first.elapsedMs, second.elapsedMs),
    enforcement: first.enforcement === 'pending' ? 'pending' : second.enforcement,
  };
}

function mergeNodes(one: ReceiptNode | undefined, other: ReceiptNode): ReceiptNode {
  if (!one) return other;
  return {
    node: one.node,
    outcome: WORST[Math.max(WORST.indexOf(one.outcome), WORST.indexOf(other.outcome))] ?? 'unconfirmed',
    sockets: one.sockets + other.sockets,
    ms: Math.max(one.ms, other.ms),
  };
}
