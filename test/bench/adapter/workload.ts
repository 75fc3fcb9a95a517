import type { InteractionsOptions } from '../support/interactions.source.js';
import type { LoadPlan } from '../support/load.js';
import type { Subject } from './subjects.js';

/** What is posted, and on how many connections. */
export interface Workload {
  name: string;
  batch: number;
  connections: number;
}

export const WORKLOADS: readonly Workload[] = [
  { name: '1 interaction a post', batch: 1, connections: 256 },
  { name: '100 interactions a post', batch: 100, connections: 32 },
];

const SOURCE = new URL('../support/interactions.source.js', import.meta.url).href;

/** Posts of the workload to the subject; without a `rate`, as many as it takes. */
export function planFor(subject: Subject, workload: Workload, seconds: number, rate?: number): LoadPlan {
  const { conversations, apiKey } = subject.floor;
  return {
    port: subject.server.port,
    method: 'POST',
    path: '/api/v1/interactions',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    source: { module: SOURCE, options: { conversations, batch: workload.batch } satisfies InteractionsOptions },
    connections: workload.connections,
    seconds,
    rate,
  };
}
