import fc from 'fast-check';
import { newsOf, type Standing } from './follow.rule.js';

const standing: fc.Arbitrary<Standing> = fc.record({
  status: fc.constantFrom('open' as const, 'resolved' as const),
  userId: fc.constantFrom(null, 1, 2),
  changedAt: fc.integer({ min: 1, max: 50 }),
});

/** A conversation here as it follows deliveries, where every user is known. */
function follow(deliveries: Standing[]): { status: string | null; userId: number | null } {
  const here: { status: string | null; userId: number | null } = { status: null, userId: null };
  let known: (Standing & { isGiven: boolean }) | null = null;
  for (const said of deliveries) {
    const news = newsOf(said, known);
    if (!news) continue;
    here.status = news.status ?? here.status;
    if (news.assignee === 'take') here.userId = said.userId;
    known = { ...said, isGiven: true };
  }
  return here;
}

describe('what of a delivery is news', () => {
  it('ends as it ended there, in whatever order and however often deliveries come', () => {
    const distinct = fc.uniqueArray(standing, { selector: ({ changedAt }) => changedAt, minLength: 1 });
    fc.assert(
      fc.property(distinct, fc.infiniteStream(fc.nat()), (history, random) => {
        const last = history.reduce((a, b) => ((a.changedAt ?? 0) > (b.changedAt ?? 0) ? a : b));
        const shuffled = [...history, ...history]
          .map((each) => [random.next().value ?? 0, each] as const)
          .sort(([a], [b]) => a - b)
          .map(([, each]) => each);
        expect(follow(shuffled)).toEqual({ status: last.status, userId: last.userId });
      }),
    );
  });

  it('is nothing where nothing changed there, so that what was decided here stays', () => {
    const said: Standing = { status: 'open', userId: 1, changedAt: 5 };
    expect(newsOf({ ...said, changedAt: 6 }, { ...said, isGiven: true })).toEqual({ status: null, assignee: 'keep' });
  });

  it('offers it again to who could not be given it', () => {
    const said: Standing = { status: 'open', userId: 1, changedAt: 5 };
    expect(newsOf(said, { ...said, isGiven: false })).toEqual({ status: null, assignee: 'offer' });
  });

  it('takes nobody away whom Chatwoot never knew of', () => {
    expect(newsOf({ status: 'open', userId: null, changedAt: 5 }, null)?.assignee).toBe('keep');
  });
});
