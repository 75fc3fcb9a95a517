import fc from 'fast-check';
import { Story } from './story.js';

/** A write or a read at its one moment `at`, seen by its client from a little before to a little after. */
const seen = fc.record({
  gap: fc.integer({ min: 1, max: 50 }),
  before: fc.integer({ min: 1, max: 40 }),
  after: fc.integer({ min: 1, max: 40 }),
});
const write = fc.record({
  seen,
  register: fc.constantFrom('agent:ana:status', 'team:sales:permissions', 'agent:ana:hidePhone', 'agent:ana:team'),
  gives: fc.boolean(),
  isAnswered: fc.boolean(),
});
const read = fc.record({ seen, asksForNumber: fc.boolean() });

type Register = 'agent:ana:status' | 'team:sales:permissions' | 'agent:ana:hidePhone' | 'agent:ana:team';
const GIVEN = {
  'agent:ana:status': 'active',
  'team:sales:permissions': ['inbox.read'],
  'agent:ana:hidePhone': false,
  'agent:ana:team': 'sales',
};
const TAKEN = {
  'agent:ana:status': 'inactive',
  'team:sales:permissions': [],
  'agent:ana:hidePhone': true,
  'agent:ana:team': 'clerks',
};

describe('the checker', () => {
  it('never accuses a system in which everything happens at one moment', () => {
    fc.assert(
      fc.property(fc.array(write, { maxLength: 12 }), fc.array(read, { maxLength: 30 }), (writes, reads) => {
        const told = new Story();
        const moments: { at: number; register: Register; gives: boolean }[] = [];
        let free = 1;
        for (const { seen, register, gives, isAnswered } of writes) {
          const at = free + seen.before;
          told.write(register, (gives ? GIVEN : TAKEN)[register], free, isAnswered ? at + seen.after : Infinity);
          moments.push({ at, register: register, gives });
          free = at + seen.after + seen.gap;
        }
        const given = (register: Register, t: number) =>
          moments.findLast((moment) => moment.register === register && moment.at <= t)?.gives ?? true;
        let at = 0;
        for (const { seen, asksForNumber } of reads) {
          at += seen.gap;
          const isAllowed = (['agent:ana:status', 'team:sales:permissions', 'agent:ana:team'] as const).every((name) =>
            given(name, at),
          );
          const raw = asksForNumber && given('agent:ana:hidePhone', at);
          const answer = isAllowed ? { raw } : { ok: false, code: 'permission_missing' };
          told.asks(at - seen.before, at + seen.after, answer);
        }
        expect(told.broken()).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });
});
