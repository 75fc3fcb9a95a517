import fc from 'fast-check';
import { type Candidate, loadRatio, reasonsAgainst } from './assignability.js';

const FREE: Candidate = {
  status: 'active',
  teamStatus: 'active',
  canReply: true,
  presence: 'available',
  open: 4,
  capacity: 5,
  teamId: 'support',
};

describe('who can take a conversation', () => {
  it('lets an available agent with room and the right to reply', () => {
    expect(reasonsAgainst(FREE)).toEqual([]);
    expect(reasonsAgainst(FREE, 'support')).toEqual([]);
  });

  it.each<[Partial<Candidate>, string]>([
    [{ status: 'inactive', presence: 'offline' }, 'inactive'],
    [{ teamStatus: 'inactive' }, 'team_inactive'],
    [{ canReply: false }, 'no_reply_permission'],
    [{ presence: 'offline' }, 'offline'],
    [{ presence: 'busy' }, 'busy'],
    [{ presence: 'away' }, 'away'],
    [{ open: 5 }, 'at_capacity'],
    [{ open: 0, capacity: 0 }, 'at_capacity'],
  ])('gives the reason for %j', (change, reason) => {
    expect(reasonsAgainst({ ...FREE, ...change })).toEqual([reason]);
  });

  it('gives other_team only when another team was asked for', () => {
    expect(reasonsAgainst(FREE, 'sales')).toEqual(['other_team']);
    expect(reasonsAgainst(FREE, null)).toEqual([]);
  });

  it('gives every reason that holds, each once, and none exactly when all conditions hold', () => {
    const candidate = fc.record<Candidate>({
      status: fc.constantFrom('active', 'inactive'),
      teamStatus: fc.constantFrom('active', 'inactive'),
      canReply: fc.boolean(),
      presence: fc.constantFrom('available', 'busy', 'away', 'offline'),
      open: fc.nat(10),
      capacity: fc.nat(10),
      teamId: fc.constantFrom('support', 'sales'),
    });
    fc.assert(
      fc.property(candidate, fc.constantFrom(undefined, 'support'), (one, asked) => {
        const reasons = reasonsAgainst(one, asked);
        const fits =
          one.status === 'active' &&
          one.teamStatus === 'active' &&
          one.canReply &&
          one.presence === 'available' &&
          one.open < one.capacity &&
          (!asked || one.teamId === asked);
        expect(reasons.length === 0).toBe(fits);
        expect(new Set(reasons).size).toBe(reasons.length);
      }),
    );
  });

  it('ranks by share of capacity, and those without capacity last', () => {
    expect(loadRatio({ open: 2, capacity: 4 })).toBe(0.5);
    expect(loadRatio({ open: 0, capacity: 0 })).toBeGreaterThan(loadRatio({ open: 99, capacity: 1 }));
  });
});
