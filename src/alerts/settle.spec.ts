import fc from 'fast-check';
import type { Reading } from './measure.js';
import { MOST, settle, type Tracked } from './settle.js';

const reading = (subjectId: string): Reading => ({ subjectId, agentId: subjectId, teamId: null, value: 1 });
const crossedBy = (...subjects: string[]) => new Map(subjects.map((id) => [id, reading(id)]));

/** What is written down, kept as PostgreSQL would. */
class Book {
  readonly tracked = new Map<string, Tracked>();
  raised = 0;

  look(crossed: Map<string, Reading>, forMs: number, now: number): void {
    const { raise, clear, begin, end } = settle([...this.tracked.values()], crossed, { forMs, now });
    for (const subjectId of begin) this.tracked.set(subjectId, { ...this.of(subjectId), since: now });
    for (const subjectId of end) this.tracked.set(subjectId, { ...this.of(subjectId), since: null });
    for (const { subjectId } of raise) {
      this.tracked.set(subjectId, { ...this.of(subjectId), alertId: `alert-${subjectId}` });
      this.raised++;
    }
    for (const each of this.tracked.values()) {
      if (each.alertId && clear.includes(each.alertId)) this.tracked.set(each.subjectId, { ...each, alertId: null });
    }
    for (const { subjectId, alertId, since } of [...this.tracked.values()]) {
      if (alertId === null && since === null) this.tracked.delete(subjectId);
    }
  }

  isOpen(subjectId: string): boolean {
    return this.of(subjectId).alertId !== null;
  }

  private of(subjectId: string): Tracked {
    return this.tracked.get(subjectId) ?? { subjectId, alertId: null, since: null };
  }
}

describe('settling a threshold', () => {
  it('flips after as long in one piece as the threshold says, up and down, whatever the looks were', () => {
    const looks = fc.array(fc.record({ isCrossed: fc.boolean(), after: fc.integer({ min: 1, max: 40 }) }));
    fc.assert(
      fc.property(looks, fc.integer({ min: 0, max: 60 }), (looks, forMs) => {
        const book = new Book();
        let [now, isOpen, otherwiseSince] = [0, false, null as number | null];
        for (const { isCrossed, after } of looks) {
          now += after;
          otherwiseSince = isCrossed === isOpen ? null : (otherwiseSince ?? now);
          if (otherwiseSince !== null && now - otherwiseSince >= forMs) {
            isOpen = isCrossed;
            otherwiseSince = null;
          }
          book.look(isCrossed ? crossedBy('a') : crossedBy(), forMs, now);
          expect(book.isOpen('a')).toBe(isOpen);
        }
      }),
    );
  });

  it('keeps what it knows of one subject apart from the others', () => {
    const book = new Book();
    book.look(crossedBy('a', 'b'), 10, 0);
    book.look(crossedBy('b'), 10, 5);
    book.look(crossedBy('a', 'b'), 10, 10);
    expect([book.isOpen('a'), book.isOpen('b')]).toEqual([false, true]);
    book.look(crossedBy('a', 'b'), 10, 20);
    expect([book.isOpen('a'), book.isOpen('b'), book.raised]).toEqual([true, true, 2]);
  });

  it('holds no more than so many subjects, and takes the next ones when others have recovered', () => {
    const everybody = Array.from({ length: MOST + 20 }, (_, index) => `agent-${index}`);
    const book = new Book();
    book.look(crossedBy(...everybody), 0, 0);
    book.look(crossedBy(...everybody), 0, 1);
    expect(book.raised).toBe(MOST);
    book.look(crossedBy(...everybody.slice(5)), 0, 2);
    book.look(crossedBy(...everybody.slice(5)), 0, 3);
    expect(everybody.filter((id) => book.isOpen(id))).toHaveLength(MOST);
    expect(book.isOpen('agent-0')).toBe(false);
  });
});
