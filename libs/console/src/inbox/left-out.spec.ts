import { describe, expect, it } from '@jest/globals';
import { byReason } from './left-out.js';

describe('who is left out', () => {
  it('is listed under each reason, in their order; without reasons nothing is told', () => {
    const found = byReason([
      { agentId: 'a', reasons: ['offline', 'at_capacity'] },
      { agentId: 'b', reasons: ['offline'] },
      { agentId: 'c', reasons: [] },
    ]);
    expect(found).toEqual([
      { reason: 'at_capacity', agentIds: ['a'] },
      { reason: 'offline', agentIds: ['a', 'b'] },
    ]);
  });
});
