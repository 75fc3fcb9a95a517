import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Calendar } from './calendar.js';

/** Lets everything happen that is due by `until`, and says when it was due. */
function drain(calendar: Calendar, until = Infinity): number[] {
  const times: number[] = [];
  for (let next = calendar.next(until); next; next = calendar.next(until)) {
    times.push(next.at);
    next.act();
  }
  return times;
}

describe('Calendar', () => {
  it('is a stable sort by time', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20)), (times) => {
        const calendar = new Calendar();
        const happened: string[] = [];
        times.forEach((at, index) => calendar.plan(at, () => happened.push(`${at}:${index}`)));
        drain(calendar);
        const expected = times.map((at, index) => ({ at, index })).sort((a, b) => a.at - b.at || a.index - b.index);
        expect(happened).toEqual(expected.map(({ at, index }) => `${at}:${index}`));
      }),
    );
  });

  it('keeps what is later, and what was cancelled never happens', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(20), fc.boolean())), fc.nat(20), (plans, until) => {
        const calendar = new Calendar();
        for (const [at, keep] of plans) {
          const planned = calendar.plan(at, () => {});
          if (!keep) planned.cancel();
        }
        const kept = plans.filter(([, keep]) => keep).map(([at]) => at);
        expect(drain(calendar, until)).toHaveLength(kept.filter((at) => at <= until).length);
        expect(drain(calendar)).toHaveLength(kept.filter((at) => at > until).length);
      }),
    );
  });
});
