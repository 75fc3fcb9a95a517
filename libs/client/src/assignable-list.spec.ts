import { expect, it } from '@jest/globals';
import type { AssignableAgent } from '#contracts';
import { leastLoadedFirst } from './assignable-list.js';

function agent(agentId: string, open: number, capacity: number): AssignableAgent {
  const load = { open, capacity, ratio: capacity > 0 ? open / capacity : null };
  return { agentId, name: agentId, teamId: 't', load, density: { m1: 0, m5: 0, m15: 0, h1: 0 } };
}

it('offers the least loaded first, whatever order they came in', () => {
  const agents = [agent('d', 4, 8), agent('c', 1, 2), agent('b', 0, 5), agent('z', 0, 0), agent('a', 0, 5)];
  const view = {
    epoch: 'e',
    offset: 1,
    asOf: '',
    agents: new Map(agents.map((one) => [one.agentId, one])),
    excluded: new Map(),
  };
  expect(leastLoadedFirst(view).map((one) => one.agentId)).toEqual(['a', 'b', 'c', 'd', 'z']);
});
