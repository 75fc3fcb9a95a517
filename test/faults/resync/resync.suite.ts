/**
 * `npm run test:faults -- resync`: P5 on three real nodes. Redis is emptied, and a node killed, in the middle of 1,000
 * edits of teams; the blueprint of a team of 100,000 is reduced, and every node is killed while its agents are synced.
 */
import { Cluster } from '../access/cluster.js';
import type { SuiteOptions } from '../access/access.suite.js';
import { editUnderFaults } from './many-edits.js';
import { reduceUnderFaults } from './large-team.js';
import { Office } from './office.js';

const NODES = 3;

/** Resolves with what failed, a line each. */
export async function resync({ say, signal }: Pick<SuiteOptions, 'say' | 'signal'>): Promise<string[]> {
  const cluster = await Cluster.start(NODES, null);
  try {
    const office = await Office.open(cluster);
    const failures: string[] = [];
    for (const show of [editUnderFaults, reduceUnderFaults]) {
      if (!signal.aborted) failures.push(...(await show({ cluster, office, say, signal })));
    }
    return signal.aborted ? [...failures, 'given up'] : failures;
  } finally {
    await cluster.stop();
  }
}
